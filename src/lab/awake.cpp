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
constexpr const char* driver_file = "/sys/devices/system/cpu/cpuidle/current_driver";

/// Without such a driver the kernel halts idle CPUs whatever latency is asked for.
bool has_idle_driver() {
  std::ifstream file(driver_file);
  std::string driver;
  return std::getline(file, driver) && !driver.empty() && driver != "none";
}

}  // namespace

Awake::Awake(IdleCpus wanted) {
  if (wanted == IdleCpus::may_sleep) {
    why_not_ = "not asked to stay awake";
    return;
  }
  if (!has_idle_driver()) {
    why_not_ = "this kernel has no cpuidle driver that could be asked";
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
