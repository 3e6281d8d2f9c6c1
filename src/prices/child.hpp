// A process that does one thing for a price and then nothing but wait.
#pragma once

#include <csignal>
#include <functional>
#include <sys/types.h>

namespace weir::prices {

/// A child made by fork(2), which runs `task` and never returns from it. It is killed and reaped
/// with this object, and by the kernel when the thread that made it ends.
class Child {
 public:
  /// Throws std::system_error when there can be no more processes.
  explicit Child(const std::function<void()>& task);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// The CPU time that it has used. clock_getcpuclockid(3)
  double cpu_ns() const;

 private:
  pid_t pid_ = -1;
};

/// Forks a child that exits at once, and waits for it. Throws std::system_error.
void fork_and_wait();

}  // namespace weir::prices
