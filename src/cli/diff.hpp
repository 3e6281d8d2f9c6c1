#pragma once
#include <string>

namespace weir::cli {

struct DiffOptions {
  std::string before;  // files, as compare wrote them
  std::string after;
  std::string json;  // a file, or -; empty: none
};

/// Says what has become dearer from one run of a comparison to the other. Returns the exit code:
/// `threshold` when something has, beyond the noise of both. Throws Failure.
int diff(const DiffOptions& options);

}  // namespace weir::cli
