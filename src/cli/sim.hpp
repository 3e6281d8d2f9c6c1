#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include <weir/service.hpp>

namespace weir::cli {

struct SimVerbOptions {
  std::uint64_t seeds = 100;
  std::uint64_t first_seed = 1;
  std::optional<std::uint64_t> seed;  // this one, with its trace
  std::string json;                   // a file for the result; "-": stdout
  bool verbose = false;
  std::string again;  // the command without its seeds: what repeats a failure
};

/// Runs the service in the simulation, and says what failed and how to repeat it. The service is
/// prepared. Returns the exit code: 1 when a seed failed. Throws Failure.
int sim(const Service& service, const SimVerbOptions& options);

}  // namespace weir::cli
