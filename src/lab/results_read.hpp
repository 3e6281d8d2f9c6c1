// Results from a file, as `weir compare` left them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lab/results.hpp"

namespace weir::lab {

/// Reads what to_json(Results) wrote, so that to_json gives the same text again. Throws
/// std::runtime_error with one sentence when `text` is not JSON, or not of the schema
/// weir.compare/1, or lacks what a comparison can't be without.
Results from_json(std::string_view text);

/// Returns what keeps two runs from being one comparison ("other contestants"): another machine, or
/// something else was measured, or for another time. Empty: nothing does.
std::string difference(const Results& one, const Results& other);

/// Puts runs of one comparison together, sums them up anew, and returns that: their blocks stand
/// behind one another. Throws std::invalid_argument when there is none, or when two of them are not
/// of one comparison.
Results merged(const std::vector<Results>& runs);

}  // namespace weir::lab
