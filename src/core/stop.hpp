#pragma once
#include <atomic>

#include <weir/time.hpp>

#include "core/descriptor.hpp"

namespace weir {

/// The request to end, made by a signal or by a call: first to drain, then, when it is made again or
/// the grace time is over, to end at once. Everybody who waits also waits for its descriptors.
class Stop {
 public:
  Stop();
  ~Stop();
  Stop(const Stop&) = delete;
  Stop& operator=(const Stop&) = delete;

  /// From now on SIGTERM and SIGINT are requests. One Stop of a process at a time can do this.
  /// signal-safety(7): the handler calls `request`, which only notes, writes to an eventfd and shuts
  /// a socket down.
  void on_signals();

  /// Asks to drain; asked again, to end at once.
  void request() noexcept;
  /// The grace time is over.
  void force() noexcept;

  bool requested() const noexcept { return requested_.load(std::memory_order_relaxed); }
  bool forced() const noexcept { return forced_.load(std::memory_order_relaxed); }
  /// Readable from the first request on. eventfd(2)
  int requested_fd() const { return requested_fd_.get(); }
  /// Readable from when the end is forced.
  int forced_fd() const { return forced_fd_.get(); }

  /// For a model whose only thread waits inside a system call on `fd`: a request itself shuts the
  /// socket down. Pass -1 before the socket is closed.
  void shut_down_on_request(int fd) noexcept;
  /// For such a model, too: the end is forced `grace` after the request, by SIGALRM.
  void force_by_alarm(Duration grace) noexcept;

 private:
  Descriptor requested_fd_;
  Descriptor forced_fd_;
  std::atomic<bool> requested_{false};
  std::atomic<bool> forced_{false};
  std::atomic<int> guarded_fd_{-1};
  std::atomic<std::int64_t> grace_ns_{0};
  bool handles_signals_ = false;
};

}  // namespace weir
