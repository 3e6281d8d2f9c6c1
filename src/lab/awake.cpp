#include "lab/awake.hpp"

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>

#include <fmt/format.h>

namespace weir::lab {
namespace {

constexpr const char* latency_file = "/dev/cpu_dma_latency";
constexpr const char* state_file = "/sys/devices/system/cpu/cpu0/cpuidle/state0/name";

/// Without such a state, or without a cpuidle driver, the kernel halts idle CPUs whatever latency is
/// asked for. Source: Documentation/admin-guide/pm/cpuidle.rst.
bool can_spin() {
  std::ifstream file(state_file);
  std::string state;
  return std::getline(file, state) && state == "POLL";
}

}  // namespace

Awake::Awake(IdleCpus wanted) {
  if (wanted == IdleCpus::may_sleep) {
    why_not_ = "not asked to stay awake";
    return;
  }
  if (!can_spin()) {
    why_not_ = "this kernel has no idle state in which a CPU spins (cpuidle's POLL)";
    return;
  }
  request_ = Descriptor(::open(latency_file, O_WRONLY | O_CLOEXEC));
  const std::int32_t microseconds = 0;
  if (!request_ || ::write(request_.get(), &microseconds, sizeof(microseconds)) < 0) {
    why_not_ = fmt::format("can't write {}: {}", latency_file, std::strerror(errno));
    request_.reset();
  }
}

}  // namespace weir::lab
