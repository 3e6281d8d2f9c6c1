#include "lab/awake.hpp"

#include <cstdint>
#include <fcntl.h>
#include <optional>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>

namespace weir::lab {
namespace {

/// The wake-up latency that the kernel keeps to now, in us, or none where it can't be read.
std::optional<std::int32_t> latency_us() {
  const Descriptor file(::open("/dev/cpu_dma_latency", O_RDONLY | O_CLOEXEC));
  std::int32_t microseconds = -1;
  if (!file || ::read(file.get(), &microseconds, sizeof(microseconds)) != sizeof(microseconds)) {
    return std::nullopt;
  }
  return microseconds;
}

TEST(Awake, KeepsTheKernelToAWakeUpLatencyOfNothing) {
  const Awake awake(IdleCpus::kept_awake);
  if (!awake.why_not().empty()) GTEST_SKIP() << awake.why_not();
  EXPECT_EQ(latency_us(), 0);
}

TEST(Awake, SaysThatNobodyAskedForIt) {
  EXPECT_EQ(Awake(IdleCpus::may_sleep).why_not(), "not asked to stay awake");
}

}  // namespace
}  // namespace weir::lab
