#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include <weir/service.hpp>

#include "cli/compare.hpp"

namespace weir::cli {

struct RaceOptions {
  CompareOptions compare;  // models, seed, json, command and what the service is told
  std::uint32_t connections = 64;
  std::size_t rounds = 5;
};

/// Lets the models answer in turns, and shows as bars how far each has come: a look, where compare
/// measures. Returns the exit code. Throws Failure.
int race(const Service& service, const RaceOptions& options);

}  // namespace weir::cli
