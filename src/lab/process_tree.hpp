// A server may be several processes: those that it has made itself, and they in turn.
#pragma once

#include <sys/types.h>
#include <vector>

namespace weir::lab {

/// A process, and what the kernel has kept of the children that ended and were waited for.
struct TreeProcess {
  pid_t pid = 0;
  pid_t parent = 0;
  double reaped_cpu_ns = 0;  ///< in ticks of 10 ms
  double reaped_faults = 0;  ///< page faults: every process has some, so that each counts
};

/// Returns the process `root`, first, and all of its descendants that live; empty when it is gone.
/// One whose parent has ended belongs to nobody's tree. proc(5): /proc/PID/stat.
std::vector<TreeProcess> tree_of(pid_t root);

/// Returns the ids of the living threads of a process; empty when it is gone.
std::vector<pid_t> threads_of(pid_t pid);

}  // namespace weir::lab
