#pragma once
#include <atomic>

#include <weir/time.hpp>

#include "core/descriptor.hpp"

namespace weir {

struct StreamRecord;

/// Marks an accepted stream as draining, and ends its reads: shutdown(2) with SHUT_RD. What has
/// arrived can still be read. Async-signal-safe.
void end_reads(StreamRecord& stream) noexcept;

/// The request to end, made by a signal or by a call: first to drain, then, when it is made again
/// or the grace time is over, to end at once. Everybody who waits also waits for its descriptors.
class Stop {
 public:
  Stop();
  ~Stop();
  Stop(const Stop&) = delete;
  Stop& operator=(const Stop&) = delete;

  /// Who sends this process its signals.
  enum class Sender {
    user,        // each SIGTERM or SIGINT is a request
    supervisor,  // as for a worker: the first SIGTERM is, others may reach the whole group with it
  };
  /// From now on signals are requests, and SIGALRM says that the grace time is over; they are
  /// unblocked. One Stop of a process at a time can do this. The handler makes only calls that signal-safety(7)
  /// allows, or that are bare system calls: it notes, writes to an eventfd, sets the timer of the
  /// grace, and shuts a socket down.
  void on_signals(Sender sender = Sender::user);

  /// For the child of a process that has a Stop, forked with the signals blocked: what its parent was
  /// asked for holds here, too, and from now on requests come from the parent.
  void take_over_in_child();

  /// Asks to drain; asked again, to end at once.
  void request() noexcept;
  /// A signal, as a request.
  void on_signal(int number) noexcept;
  /// The grace time is over.
  void force() noexcept;

  bool requested() const noexcept { return requested_.load(std::memory_order_relaxed); }
  bool forced() const noexcept { return forced_.load(std::memory_order_relaxed); }
  /// Readable from the first request on. eventfd(2)
  int requested_fd() const { return requested_fd_.get(); }
  /// Readable from when the end is forced.
  int forced_fd() const { return forced_fd_.get(); }

  /// For a model whose only thread waits inside a system call on `stream`: a request itself ends
  /// the stream's reads. Pass null before the stream is closed.
  void end_reads_on_request(StreamRecord* stream) noexcept;
  /// For such a model, too: the end is forced `grace` after the request, by SIGALRM.
  void force_by_alarm(Duration grace) noexcept;

 private:
  Descriptor requested_fd_;
  Descriptor forced_fd_;
  std::atomic<bool> requested_{false};
  std::atomic<bool> forced_{false};
  std::atomic<StreamRecord*> guarded_{nullptr};
  std::atomic<std::int64_t> grace_ns_{0};
  bool handles_signals_ = false;
  Sender sender_ = Sender::user;
};

}  // namespace weir
