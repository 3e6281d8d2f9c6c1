// The results on a terminal.
#pragma once

#include <string>

#include "lab/results.hpp"
#include "lab/terminal_text.hpp"

namespace weir::lab {

/// Returns the results as text of at most 120 columns: noise floor, a row for each model and load,
/// the answer in words. With Colour::ansi the verdicts are coloured.
std::string table(const Results& results, Colour colour);

}  // namespace weir::lab
