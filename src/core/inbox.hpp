#pragma once
#include <atomic>
#include <cstddef>
#include <mutex>

#include <weir/mailbox.hpp>
#include <weir/op.hpp>

#include "core/descriptor.hpp"

namespace weir {

/// Where the sessions of one thread are told of what other threads have done: a job is finished, a
/// mailbox was posted to. What lies in it names the job or the mailbox, and is linked through these:
/// to put something in needs no memory and can't fail.
class Inbox {
 public:
  Inbox() = default;
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  /// From any thread. `bell`: with its mutex held. `job`: it has run.
  void put(Bell& bell) noexcept;
  void put(Job& job) noexcept;

  // --- for the thread whose it is

  /// The op that the oldest entry is about, in flight: an offload whose job has run, or a wait for a
  /// mailbox that was posted to. Null when nothing lies in it.
  Op* take() noexcept;
  /// The bell's session waits no more.
  void remove(Bell& bell) noexcept;
  std::size_t size() const noexcept { return size_.load(std::memory_order_relaxed); }

  /// Readable once something was put into it, until `hush`: eventfd(2). Made on first use, since few
  /// threads need one. Negative: errno says why there is none.
  int fd() noexcept;
  /// What was put into it up to now has been noticed.
  void hush() noexcept;

 private:
  void tell() noexcept;

  std::mutex mutex_;
  Bell* first_bell_ = nullptr;
  Bell* last_bell_ = nullptr;
  Job* first_job_ = nullptr;
  Job* last_job_ = nullptr;
  std::atomic<std::size_t> size_{0};
  bool told_ = false;  // the descriptor is readable
  Descriptor fd_;
};

}  // namespace weir
