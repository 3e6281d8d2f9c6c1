#pragma once
#include <cerrno>
#include <cstdint>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

#include "core/descriptor.hpp"

namespace weir {

/// A counter that can be waited for: eventfd(2). Never blocks.
class EventCounter {
 public:
  EventCounter() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!fd_) throw std::system_error(errno, std::system_category(), "eventfd");
  }

  /// Readable while it isn't 0.
  int fd() const { return fd_.get(); }
  void add_one() const noexcept {
    const std::uint64_t one = 1;
    // It can only fail when the counter is full, and then the descriptor is readable already.
    [[maybe_unused]] const ssize_t written = ::write(fd(), &one, sizeof one);
  }
  /// What was added since it was taken last.
  std::uint64_t take() const noexcept {
    std::uint64_t count = 0;
    return ::read(fd(), &count, sizeof count) == sizeof count ? count : 0;
  }

 private:
  Descriptor fd_;
};

}  // namespace weir
