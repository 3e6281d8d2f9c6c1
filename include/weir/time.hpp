#pragma once
#include <chrono>

namespace weir {

/// Monotonic: a clock that is set back or forward moves no deadline (clock_gettime(2),
/// CLOCK_MONOTONIC).
using Clock = std::chrono::steady_clock;
using Duration = std::chrono::nanoseconds;
using Time = std::chrono::time_point<Clock, Duration>;

/// The deadline of what may wait for ever.
inline constexpr Time never = Time::max();

/// `duration` after `time`; `never` when that is beyond the clock's range.
constexpr Time after(Time time, Duration duration) {
  return duration >= never - time ? never : time + duration;
}

}  // namespace weir
