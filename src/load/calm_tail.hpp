// The p99 of a window as it is while nothing from outside holds it up.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <weir/time.hpp>

#include "load/histogram.hpp"

namespace weir::load {

/// Cuts durations into slices, each of at least 100 ms and a thousand of them, and knows the p99 of
/// each. On a shared machine a stall of some milliseconds, a few times a second, decides what a hundredth
/// of all requests takes at least; so does it in some of the slices, and not in the calmer ones. What a
/// server does itself to a hundredth of its requests, all along, is in each of them.
class CalmTail {
 public:
  static constexpr Duration slice_min = std::chrono::milliseconds(100);
  static constexpr std::uint64_t samples_min = 1000;  // ten lie beyond a p99

  void record(Time now, std::int64_t value_ns);

  /// The last slice is over; what is left of it counts as a part of the one before.
  void end();

  /// Returns the lower quartile of the slices' p99s, in ns: a quarter of them had none that is higher;
  /// nothing without a whole slice. Known after end().
  std::optional<std::int64_t> p99_ns() const;

 private:
  void close();

  Histogram last_;  // whole, and not among p99s_ns_ yet
  Histogram now_;
  Time begin_{};  // of now_
  std::vector<std::int64_t> p99s_ns_;
};

}  // namespace weir::load
