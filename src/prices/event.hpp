// What threads and processes hand over with: an eventfd(2).
#pragma once

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/descriptor.hpp"
#include "prices/probe.hpp"

namespace weir::prices {

/// `flags`: of eventfd(2). Throws std::system_error.
inline Descriptor make_event(int flags = 0) {
  Descriptor event(::eventfd(0, EFD_CLOEXEC | flags));
  checked(event.get(), "eventfd");
  return event;
}

inline void give(const Descriptor& event, std::uint64_t count) {
  checked(::write(event.get(), &count, sizeof(count)), "write");
}

/// Waits until somebody gives, and returns what.
inline std::uint64_t take(const Descriptor& event) {
  std::uint64_t count = 0;
  while (::read(event.get(), &count, sizeof(count)) < 0) {
    if (errno != EINTR) refused("read");
  }
  return count;
}

/// The same, for so long at most; then it throws std::runtime_error with `otherwise`.
std::uint64_t take(const Descriptor& event, std::chrono::milliseconds longest,
                   const char* otherwise);

}  // namespace weir::prices
