#pragma once
#include <cstddef>
#include <optional>

#include <weir/time.hpp>

namespace weir::cli {

/// How often a comparison measures everything.
struct Effort {
  std::optional<std::size_t> blocks;  // so often
  std::optional<Duration> budget;     // as often as fits into this
  bool quick = false;                 // as seldom as can be judged
  bool thorough = false;              // often enough for intervals
};

/// Of a comparison that takes `once` regardless and `block` for each block. Throws Failure (wrong
/// usage) when not one block fits into the budget.
std::size_t blocks_for(const Effort& effort, Duration once, Duration block);

/// The same for what is counted: lost connections, say, of which there is no noise.
std::size_t blocks_for_counts(const Effort& effort);

/// `seconds` as a duration.
Duration duration_of(double seconds);

}  // namespace weir::cli
