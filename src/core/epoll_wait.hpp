#pragma once
#include <cerrno>
#include <span>
#include <sys/epoll.h>

#include "core/time_left.hpp"

namespace weir {

/// epoll_wait(2) until a moment: `never` waits for ever, the past (Time{}) not at all. To the
/// nanosecond, by epoll_pwait2(2); to the millisecond, rounded up, where that is missing (before
/// Linux 5.11). Returns the number of events; 0 when a signal interrupts it.
class EpollWait {
 public:
  int operator()(int epoll, std::span<epoll_event> events, Time until) {
    const int size = static_cast<int>(events.size());
    if (until == never) return ::epoll_wait(epoll, events.data(), size, -1);
    return precise_ ? wait_precisely(epoll, events, until)
                    : ::epoll_wait(epoll, events.data(), size, time_left_ms(until));
  }

 private:
  int wait_precisely(int epoll, std::span<epoll_event> events, Time until) {
    const timespec left = until == Time{} ? timespec{} : time_left(until);
    const int size = static_cast<int>(events.size());
    const int count = ::epoll_pwait2(epoll, events.data(), size, &left, nullptr);
    precise_ = count >= 0 || errno == EINTR;  // or it is missing, or forbidden
    return precise_ ? count : ::epoll_wait(epoll, events.data(), size, time_left_ms(until));
  }

  bool precise_ = true;
};

}  // namespace weir
