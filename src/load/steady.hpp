// Whether counts of answers, each over the same time, are those of one and the same load.
#pragma once
#include <array>
#include <cstdint>

namespace weir::load {

/// Of three windows of the warm-up: within a tenth of each other, beside what chance does to counts
/// (two standard deviations of a Poisson process).
bool agree(const std::array<double, 3>& counts);

/// Of the halves of the window: within a tenth of each other, beside chance (three deviations) and the
/// answers that the edge between them happens to divide, which are as many as come `together`.
bool halves_agree(std::uint64_t first, std::uint64_t second, std::uint64_t together);

}  // namespace weir::load
