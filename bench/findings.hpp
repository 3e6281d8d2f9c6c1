// What a duel found, as lines of a table.
#pragma once

#include <optional>
#include <string>

#include "bench/duel.hpp"
#include "bench/verdicts.hpp"

namespace weir::bench {

/// The CPU time of a contestant per request, in us.
Finding cpu_of(const std::string& subject, const Lap& lap);

/// The same as a multiple of another contestant's in the same rounds, with a limit or without.
Finding cpu_to(const std::string& subject, const Lap& lap, const Lap& to,
               std::optional<double> limit_max);

/// How many system calls a contestant makes per request.
Finding calls_of(const std::string& subject, const Lap& lap);

/// Under which conditions it was found: rounds, slices, seed, placement, and how often other programs
/// disturbed it. Lines for a terminal.
std::string conditions(const Duel& duel, const DuelOptions& options);

}  // namespace weir::bench
