#include "load/steady.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace weir::load {
namespace {

constexpr double share = 0.1;

}  // namespace

bool agree(const std::array<double, 3>& counts) {
  constexpr double deviations = 2;
  const auto [least, most] = std::minmax_element(counts.begin(), counts.end());
  const double mean = std::accumulate(counts.begin(), counts.end(), 0.0) / 3;
  return *most - *least <= share * mean + deviations * std::sqrt(mean);
}

bool halves_agree(std::uint64_t first, std::uint64_t second, std::uint64_t together) {
  constexpr double deviations = 3;
  const double one = static_cast<double>(first);
  const double other = static_cast<double>(second);
  const double all = one + other;
  return std::abs(one - other) <=
         share * all / 2 + deviations * std::sqrt(all) + static_cast<double>(together);
}

}  // namespace weir::load
