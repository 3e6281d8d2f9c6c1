// A run that is a curve: the same load at one rate after the other, up to more than the server can do.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "lab/experiment.hpp"

namespace weir::lab {

/// Makes the measured load with more words of `weir load`, for so long. Returns what came of it.
using MakeLoad =
    std::function<Cell(const std::vector<std::string>& words, std::chrono::milliseconds window)>;

/// Measures in a closed loop how much the server can do, and then an open loop at each of
/// options.percents of that. Returns the figures of the highest rate that kept to options.goal, or of
/// the lowest where none did, and all points. When a higher one was missed because the generator was
/// late, the figures are said to be the generator's. Throws std::runtime_error when the server answered
/// nothing, and as `load` does.
Cell climb(const CompareOptions& options, const MakeLoad& load);

}  // namespace weir::lab
