#pragma once
#include <algorithm>
#include <ctime>

#include <weir/time.hpp>

namespace weir {

/// How long it is until `time`, as ppoll(2) and epoll_pwait2(2) want it; 0 when it has passed.
inline timespec time_left(Time time) {
  constexpr Duration second = std::chrono::seconds(1);
  const Duration left = std::max(Duration(0), time - Clock::now());
  return {left / second, (left % second).count()};
}

/// The same in whole milliseconds, rounded up.
inline int time_left_ms(Time time) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(time - Clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 86'400'000));
}

}  // namespace weir
