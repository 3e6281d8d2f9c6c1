// What `weir doctor` looks at. Each function tries what it tells of, where it can be tried.
#pragma once
#include <vector>

#include "cli/doctor.hpp"

namespace weir::cli {

/// What the kernel can do: io_uring, the memory it may lock for it, epoll_pwait2(2), SO_REUSEPORT.
std::vector<Finding> check_kernel();

/// How many of everything there may be: descriptors, threads and processes, memory maps, the accept
/// queue.
std::vector<Finding> check_limits();

/// What the lab needs: two CPUs, idle ones that stay awake, perf events, ports of its own.
std::vector<Finding> check_measuring();

/// The models that can't run here for another reason.
std::vector<Finding> check_models();

}  // namespace weir::cli
