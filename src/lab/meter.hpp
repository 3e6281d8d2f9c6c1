// Measuring a server from outside, by what the kernel counts for its processes.
#pragma once

#include <sys/types.h>
#include <vector>

#include "lab/descriptor.hpp"
#include "lab/figure.hpp"

namespace weir::lab {

/// What a process and all its descendants have used since they began, and what they hold now.
struct Sample {
  Figure cpu_ns;                ///< of all threads and children, the dead ones included
  Figure voluntary_switches;    ///< of its living threads: they waited
  Figure involuntary_switches;  ///< of its living threads: they were made to leave the CPU
  Figure threads;
  Figure run_queue_wait_ns;   ///< of its living threads: ready to run, but not running
  Figure proportional_bytes;  ///< PSS: shared pages counted in part
  Figure user_bytes;          ///< anonymous memory: heap and stacks; what processes share, once
  Figure page_table_bytes;
  Figure kernel_stack_bytes;

  std::vector<pid_t> thread_ids;  ///< in order; whose switches and waits were counted
  double reaped_faults = 0;       ///< more than before: children have ended
};

/// Whether threads or processes that are counted in `begin`, or came later, are not in `end`: what
/// living threads have counted in between is not all, then.
bool any_ended(const Sample& begin, const Sample& end);

/// What all processes of the machine together have used since it was started.
struct MachineSample {
  Figure busy_ns;   ///< CPU time that was not idle and not stolen, over all CPUs, in 10 ms ticks
  Figure steal_ns;  ///< taken by the hypervisor
  std::vector<double> steal_ns_of_cpu;  ///< likewise, from each CPU; those that are off say 0
};

class ProcessMeter {
 public:
  explicit ProcessMeter(pid_t pid);

  /// Returns the figures of this moment. What can't be read is a missing figure with its reason.
  /// Sources: clock_getcpuclockid(3); proc(5): /proc/PID/stat, /proc/PID/task/TID/status and
  /// schedstat, /proc/PID/smaps_rollup, /proc/PID/status. Kernel stacks are 16 KiB a thread on
  /// 64-bit x86 and ARM and are counted, not read. The CPU time of children that have ended comes in
  /// ticks of 10 ms.
  Sample sample() const;

  /// The same without the memory, which takes the kernel long to add up.
  Sample times() const;

 private:
  pid_t pid_;
};

/// Returns the figures of the machine (proc(5): /proc/stat).
MachineSample sample_machine();

/// Returns the CPUs that a process may run on, 0 being this one (sched_getaffinity(2)); empty when
/// that can't be told.
std::vector<int> cpus_of(pid_t pid);

/// Returns which part of the time of `cpus`, between two samples that are `window_ns` apart, the
/// hypervisor took.
Figure steal_share(const MachineSample& begin, const MachineSample& end,
                   const std::vector<int>& cpus, double window_ns);

/// Counts the system calls of a process and its descendants: the tracepoint raw_syscalls:sys_enter on
/// every thread that lives when the counter is made, and on those, and those processes, that these
/// start later (perf_event_open(2)). While
/// it exists, every system call on the machine is slower, so it belongs in a window of its own.
class SyscallCounter {
 public:
  /// Starts to count. Never throws for lack of permission: count() then tells the reason.
  explicit SyscallCounter(pid_t pid);

  /// Returns the number of system calls begun since the counter was made.
  Figure count() const;

 private:
  std::vector<Descriptor> counters_;
  std::string reason_;
};

}  // namespace weir::lab
