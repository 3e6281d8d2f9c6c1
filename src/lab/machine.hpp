// The machine that is measured on, and who runs where.
#pragma once

#include "lab/results.hpp"
#include "lab/verdict.hpp"

namespace weir::lab {

/// Returns a description of this machine, and a placement: server and generator each on a CPU of
/// their own, on different physical cores where there are any; on a machine (or in a container)
/// with a single CPU both lists are empty and they share it. Sources: uname(2),
/// sched_getaffinity(2), /proc/cpuinfo, /etc/os-release, /sys/devices/system/cpu.
Machine describe_machine();

/// Returns the placement as the verdicts need it.
Placement placement_of(const Machine& machine);

/// Returns the placement as a person reads it: "server on CPU 0, load generator on CPU 1".
std::string placement_text(const Machine& machine);

/// Returns whether idle CPUs slept, as a person reads it: "idle CPUs kept awake".
std::string idle_text(const Machine& machine);

}  // namespace weir::lab
