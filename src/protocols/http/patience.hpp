#pragma once
#include <algorithm>
#include <cstddef>

#include <weir/http.hpp>
#include <weir/time.hpp>

#include "http/receiver.hpp"

namespace weir::http {

/// How long the rest of a request may take: more the more of it has come.
class Patience {
 public:
  Patience(const Deadlines& deadlines, Time now) : deadlines_(deadlines), begin_(now) {}

  Duration left(const Receiver& receiver, Time now) {
    const bool body = receiver.has_head();
    if (body && !body_) {
      body_ = true;
      begin_ = now;
      before_ = receiver.received_bytes();
    }
    const std::size_t bytes = receiver.received_bytes() - before_;
    const auto earned = std::chrono::nanoseconds(std::chrono::seconds(1)) *
                        static_cast<Duration::rep>(bytes / deadlines_.bytes_a_second);
    const Duration all = body ? deadlines_.body + earned
                              : std::min(deadlines_.header + earned,
                                         std::max(deadlines_.header, deadlines_.header_max));
    return after(begin_, all) - now;
  }

 private:
  const Deadlines& deadlines_;
  Time begin_;
  std::size_t before_ = 0;
  bool body_ = false;
};

}  // namespace weir::http
