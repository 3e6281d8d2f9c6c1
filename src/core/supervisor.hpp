#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "core/descriptor.hpp"
#include "core/event_counter.hpp"
#include "core/log.hpp"
#include "core/stop.hpp"

namespace weir {

/// Starts processes, and starts another for each that dies, until it is asked to end; then it passes
/// the request on and waits for them. Its own process must have one thread.
class Supervisor {
 public:
  struct Plan {
    std::uint32_t processes;
    Duration drain_timeout;
    Log log;
    /// What process `index`, from 0, does; the result is its exit code. It is called with SIGTERM,
    /// SIGINT and SIGALRM blocked: `Stop::on_signals` unblocks them. SIGTERM asks it to drain,
    /// SIGALRM to end at once; it gets SIGTERM as well when its supervisor dies.
    std::function<int(std::uint32_t index)> process;
    std::function<std::string(std::uint32_t index)> name;  // for the log: `worker 2`
    std::function<void(std::uint32_t index)> ended;        // it died, or drained
    std::function<void()> told;    // after `tell` was called in one of the processes
    std::function<void()> drains;  // the end was asked for
  };

  Supervisor(Stop& stop, Plan plan);
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  /// Returns when all have ended: nothing when that was as asked, else a sentence that says why.
  std::optional<std::string> run();

  /// In one of the processes: makes the supervisor look.
  void tell() const noexcept { told_.add_one(); }

 private:
  struct Process {
    std::uint32_t index = 0;
    pid_t pid = 0;           // 0: there is none
    Time start_at = Time{};  // when there is none: not before
  };

  void start(Process& process);
  [[noreturn]] void become(const Process& process, pid_t supervisor);
  bool any_left() const;
  void wait();
  void reap();
  void on_end(Process& process, int status);
  void count_crash(const std::string& what);
  void drain();
  void signal_all(int number);

  Stop& stop_;
  Plan plan_;
  EventCounter told_;
  Descriptor child_signals_;  // signalfd(2)
  std::vector<Process> processes_;
  std::deque<Time> crashes_;
  std::optional<std::string> failure_;
  bool draining_ = false;
  bool forced_ = false;
  Time force_at_ = never;
  Time kill_at_ = never;
};

}  // namespace weir
