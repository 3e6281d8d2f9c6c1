// User instructions per request, counted by callgrind: the same on a busy machine as on a quiet
// one.
#pragma once

#include <string>
#include <vector>

#include "lab/figure.hpp"

namespace weir::bench {

struct CountOptions {
  /// How many requests the first of three runs makes; the others make twice and three times as
  /// many, and what they differ by is the cost of a request.
  std::size_t requests = 2000;
  /// Only what this function executes, with all that it calls, is counted; empty: everything.
  std::string function = {};
};

/// Returns the user instructions that the server `command` executes for a request of 64 bytes, when
/// each comes while the server waits: one connection, closed loop, a pause before each. Missing,
/// with the reason, when valgrind is, when the server can't be run under it, or when the three runs
/// don't agree within 1 %.
///
/// What the kernel executes is not counted, nor what of it runs in user mode: valgrind hides the
/// vDSO, so a look at the clock counts as the system call that it then is. Valgrind 3.19 doesn't
/// know epoll_pwait2(2) either; a server that falls back to epoll_wait(2) is counted with that.
lab::Figure instructions_per_request(const std::vector<std::string>& command,
                                     const CountOptions& options);

}  // namespace weir::bench
