#include "prices/event.hpp"

#include <poll.h>
#include <stdexcept>

namespace weir::prices {

std::uint64_t take(const Descriptor& event, std::chrono::milliseconds longest,
                   const char* otherwise) {
  const auto end = std::chrono::steady_clock::now() + longest;
  pollfd waiting{event.get(), POLLIN, 0};
  while (::poll(&waiting, 1, static_cast<int>(longest.count())) <= 0) {
    if (std::chrono::steady_clock::now() >= end) throw std::runtime_error(otherwise);
  }
  return take(event);
}

}  // namespace weir::prices
