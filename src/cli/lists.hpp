#pragma once
#include <string>
#include <vector>

namespace weir::cli {

/// The parts of `a,b,c`. Throws std::invalid_argument with one sentence when one is empty or there
/// twice.
std::vector<std::string> parts_of(const std::string& word);

}  // namespace weir::cli
