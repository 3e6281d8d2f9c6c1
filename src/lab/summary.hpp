// From cells to an answer.
#pragma once

#include <string>

#include "lab/results.hpp"

namespace weir::lab {

/// Fills Results::rows, the noise floors, the answer and the explanations from its cells and lanes.
/// May be called again after more cells were added.
void summarize(Results& results);

/// Writes Results::answer and Results::explanations from the rows (called by summarize).
void explain(Results& results);

/// Returns the row of a contestant at a number of connections, or nullptr.
const Row* find_row(const Results& results, const std::string& contestant, std::size_t connections);

/// Returns the number of connections that the answer speaks about: the measured one next to 64,
/// enough for a loop to have something to do at every turn. 0 when nothing was measured.
std::size_t main_load(const Results& results);

/// Returns a row's limit in a word or two, for a table: "generator", "63 of 64 unserved".
std::string limit_text(const Row& row);

/// Returns context switches a request, voluntary and involuntary ones.
Figure switches_per_request(const Row& row);

/// Returns how often a verdict of `limit` was given among all cells.
std::size_t cells_limited_by(const Results& results, Limit limit);

}  // namespace weir::lab
