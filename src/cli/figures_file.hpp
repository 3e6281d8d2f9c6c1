#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "lab/figure.hpp"

namespace weir::cli {

/// What `weir compare` measured of one contestant at one number of connections.
struct MeasuredRow {
  std::size_t connections = 0;
  std::string contestant;
  lab::Figure cpu_ns;  // of the server, for a request
  lab::Figure user_bytes;
  lab::Figure kernel_bytes;
};

struct Measured {
  std::string file;
  std::string started;  // UTC, ISO 8601
  std::vector<MeasuredRow> rows;
};

/// Reads the rows of these contestants from what `weir compare` wrote (docs/RESULTS.md). `path` may
/// be empty: results.json in the current directory, and nothing when there is none. Throws Failure
/// (wrong usage) when a file that was named isn't there, or holds something else.
std::optional<Measured> measured(const std::string& path,
                                 const std::vector<std::string>& contestants);

}  // namespace weir::cli
