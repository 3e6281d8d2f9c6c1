#include "cli/effort.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "cli/failure.hpp"

namespace weir::cli {
namespace {

constexpr std::size_t quick_blocks = 2;  // of one alone the noise can't be told
constexpr std::size_t usual_blocks = 3;
constexpr std::size_t thorough_blocks = 8;  // from six on there are intervals
constexpr std::size_t budget_blocks_max = 1000;
constexpr std::size_t thorough_counts = 2;

double seconds_of(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

Duration duration_of(double seconds) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

std::size_t blocks_for(const Effort& effort, Duration once, Duration block) {
  if (effort.blocks) return *effort.blocks;
  if (effort.quick) return quick_blocks;
  if (effort.thorough) return thorough_blocks;
  if (!effort.budget) return usual_blocks;
  if (once + block > *effort.budget) {
    throw Failure(wrong_usage,
                  fmt::format("to measure everything once takes about {:.0f} s; give a --budget of "
                              "that or more, or measure less",
                              std::ceil(seconds_of(once + block))));
  }
  if (block <= Duration(0)) return 1;
  return std::min(budget_blocks_max, static_cast<std::size_t>((*effort.budget - once) / block));
}

std::size_t blocks_for_counts(const Effort& effort) {
  if (effort.blocks) return *effort.blocks;
  return effort.thorough ? thorough_counts : 1;
}

}  // namespace weir::cli
