#include <numeric>

#include <gtest/gtest.h>

#include "lab/meter.hpp"

namespace weir::lab {
namespace {

TEST(MachineSample, KnowsWhatWasStolenFromEachCpu) {
  const std::vector<int> cpus = cpus_of(0);
  ASSERT_FALSE(cpus.empty());
  const MachineSample sample = sample_machine();
  ASSERT_GT(sample.steal_ns_of_cpu.size(), static_cast<std::size_t>(cpus.back()));
  const double sum =
      std::accumulate(sample.steal_ns_of_cpu.begin(), sample.steal_ns_of_cpu.end(), 0.0);
  constexpr double tick_ns = 10e6;  // each line of /proc/stat is rounded by itself
  EXPECT_NEAR(sum, sample.steal_ns.value_or(-1),
              tick_ns * static_cast<double>(sample.steal_ns_of_cpu.size()));
}

TEST(MachineSample, TellsWhichPartOfSomeCpusWasStolen) {
  MachineSample begin, end;
  begin.steal_ns_of_cpu = {100, 0, 50};
  end.steal_ns_of_cpu = {350, 0, 150};
  EXPECT_DOUBLE_EQ(steal_share(begin, end, {0}, 1000).value_or(0), 0.25);
  EXPECT_DOUBLE_EQ(steal_share(begin, end, {1}, 1000).value_or(1), 0);
  EXPECT_DOUBLE_EQ(steal_share(begin, end, {0, 2}, 1000).value_or(0), 0.175);
  EXPECT_FALSE(steal_share(begin, end, {}, 1000).known());
  EXPECT_FALSE(steal_share(begin, end, {3}, 1000).known());
}

}  // namespace
}  // namespace weir::lab
