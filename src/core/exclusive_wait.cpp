#include "core/exclusive_wait.hpp"

#include <cerrno>
#include <cstdint>
#include <sys/epoll.h>
#include <system_error>

namespace weir {

ExclusiveWait::ExclusiveWait(std::span<const Listener> listeners, int requested_fd)
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  const auto watch = [this](int fd, std::uint32_t events, std::uint64_t tag) {
    epoll_event event{events, {.u64 = tag}};
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
      throw std::system_error(errno, std::system_category(), "epoll_ctl");
    }
  };
  watch(requested_fd, EPOLLIN, 0);
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    watch(listeners[i].fd(), EPOLLIN | EPOLLEXCLUSIVE, i + 1);
  }
}

int ExclusiveWait::next() {
  epoll_event event{};
  if (::epoll_wait(epoll_.get(), &event, 1, -1) <= 0) return -1;
  return static_cast<int>(event.data.u64) - 1;
}

}  // namespace weir
