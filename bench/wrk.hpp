// wrk as the generator: for rows of requests that don't wait for answers, and as a second opinion beside
// `weir load`.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "lab/figure.hpp"
#include "lab/process.hpp"

namespace weir::bench {

struct WrkLoad {
  std::string path;
  std::size_t connections = 64;
  std::size_t pipelined = 16;  ///< requests in a row; 1: each waits for its answer
  lab::Process::Options placement = {};
};

/// Returns its command for a second of the load.
std::vector<std::string> wrk_command(const lab::Server& server, const WrkLoad& load);

/// Returns how many requests were answered, by what it said. Throws std::runtime_error when some failed.
double answered_in(const std::string& said);

/// What came of a second of it.
struct WrkFigures {
  double requests = 0;  ///< answered
  lab::Figure cpu_ns;   ///< of the server, all its processes together
  lab::Figure cpu_ns_per_request;
};

/// Loads `server` for a second. Throws std::runtime_error when wrk isn't there, or an answer fails.
WrkFigures load_with_wrk(const lab::Server& server, const WrkLoad& load);

}  // namespace weir::bench
