#pragma once
#include <string>

#include <weir/service.hpp>

#include "load/generator.hpp"

namespace weir::cli {

/// What an access log holds of requests, to be made again, and what was left out.
struct TraceFile {
  load::Trace trace;
  std::size_t left_out = 0;  // answered with an error, or no GET
};

/// What is asked for.
enum class Traced {
  paths,  // as in the log
  sizes   // /work?reply=SIZE of the answers in the log: their contents needn't be there
};

/// Reads an access log: the combined or common format, or this server's JSON. Times begin with the
/// first request's and pass `speed` times as fast; where a format tells only the second, requests are
/// spread evenly over it. Throws Failure with what is wrong in which line.
TraceFile read_trace(const std::string& path, double speed, Traced traced,
                     const Exchanges& exchanges);

}  // namespace weir::cli
