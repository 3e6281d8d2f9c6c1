#pragma once
#include <cstddef>
#include <memory>
#include <signal.h>
#include <string>

namespace weir {

/// Memory for a stack: pages that the kernel gives as they are touched, and below them a guard that
/// nothing may touch. A stack that overflows hits the guard and ends the process instead of writing
/// over somebody else's memory. mmap(2), mprotect(2)
class GuardedStack {
 public:
  /// More than a page, for a frame larger than one: it may leap over a smaller guard where the code
  /// was not compiled to probe its pages in order (-fstack-clash-protection).
  static constexpr std::size_t guard_bytes = 16 * 1024;

  /// `size_bytes` without the guard, rounded up to whole pages. Where the kernel has no memory or
  /// no mapping left (vm.max_map_count; each stack takes two) there is no stack: false.
  explicit GuardedStack(std::size_t size_bytes) noexcept;
  ~GuardedStack();
  GuardedStack(const GuardedStack&) = delete;
  GuardedStack& operator=(const GuardedStack&) = delete;

  explicit operator bool() const { return memory_ != nullptr; }
  char* bottom() const { return memory_ + guard_bytes; }
  char* top() const { return memory_ + mapped_bytes_; }
  std::size_t size_bytes() const { return mapped_bytes_ - guard_bytes; }
  bool is_guard(const void* address) const {
    const char* const place = static_cast<const char*>(address);
    return place >= memory_ && place < memory_ + guard_bytes;
  }

 private:
  std::size_t mapped_bytes_;
  char* memory_ = nullptr;
};

/// While it lives, an overflow of the stack that this thread runs on says so in one line on stderr,
/// with the size and the option that makes it larger; then the process dies by SIGSEGV as it would
/// have done. One of a thread at a time. sigaltstack(2)
class OverflowReport {
 public:
  /// `stack_bytes`: the size that the line names.
  explicit OverflowReport(std::size_t stack_bytes);
  ~OverflowReport();
  OverflowReport(const OverflowReport&) = delete;
  OverflowReport& operator=(const OverflowReport&) = delete;

  /// The thread runs on `stack` from now on; null: on its own.
  void runs_on(const GuardedStack* stack) { running_ = stack; }

 private:
  static void on_fault(int number, siginfo_t* info, void* context);

  const std::string line_;
  const GuardedStack* running_ = nullptr;
  std::unique_ptr<char[]> handler_stack_;  // the one that overflowed has no room for a handler
  stack_t previous_handler_stack_{};
};

}  // namespace weir
