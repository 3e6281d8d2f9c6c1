// Who was the limit? A server slowed to 20 us a request, and a generator that gets half of its CPU,
// are each found out by the lab, on real processes.
#include <thread>

#include <gtest/gtest.h>

#include "lab/cell.hpp"
#include "lab/process.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

lab::CompareOptions options_for(const std::string& command, const std::string& service) {
  lab::CompareOptions options;
  options.weir = command;
  options.protocol = service;
  options.name_service = service == "framed";
  options.window = std::chrono::milliseconds(600);
  options.contestants = lab::models(options, {"epoll"});
  return options;
}

lab::Machine two_cpus() {
  lab::Machine machine;
  machine.cpus = 2;
  machine.server_cpus = {0};
  machine.generator_cpus = {1};
  return machine;
}

constexpr lab::PlannedCell sixty_four{
    .contestant = 0, .twin = false, .connections = 64, .block = 0};

class Limiter : public testing::Test {
 protected:
  void SetUp() override {
    if (std::thread::hardware_concurrency() < 2) GTEST_SKIP() << "needs a CPU for each side";
  }
};

/// Whether others than this test took more of the CPU time than `foreign_share_max`, or the hypervisor
/// stopped either side for long: the other one then waits for it, and nobody is busy.
bool disturbed(const lab::ServerFigures& figures, double foreign_share_max) {
  constexpr double steal_share_max = 0.02;
  return figures.foreign_cpu_share.value_or(0) > foreign_share_max ||
         figures.steal_share.value_or(0) > steal_share_max;
}

/// Expects the lab to name `limit`. A run that was disturbed says nothing, and is repeated.
void expect_limit(const lab::CompareOptions& options, lab::Limit limit, double foreign_share_max) {
  constexpr int tries_max = 8;
  for (int i = 0; i < tries_max; ++i) {
    const lab::Cell cell = lab::run_cell(options, two_cpus(), sixty_four);
    ASSERT_EQ(cell.failure, "");
    if (cell.verdict.limit != limit && disturbed(cell.server, foreign_share_max)) continue;
    EXPECT_EQ(cell.verdict.limit, limit) << cell.verdict.words;
    return;
  }
  GTEST_SKIP() << "other programs, or the hypervisor, keep the machine busy";
}

TEST_F(Limiter, IsTheServerWhenItTakesTwentyMicrosecondsARequest) {
  expect_limit(options_for(built_path("tests/programs/slow"), "slow"), lab::Limit::server, 0.1);
}

TEST_F(Limiter, IsTheGeneratorWhenANeighbourTakesHalfItsCpu) {
  const lab::Process neighbour = lab::Process::start({"/bin/sh", "-c", "while :; do :; done"},
                                                     {.cpus = {1}, .environment = {}});
  // Half of one of two CPUs is a quarter of all; the rest of the tenth is for others.
  expect_limit(options_for(weir_path(), "framed"), lab::Limit::generator, 0.35);
}

}  // namespace
}  // namespace weir::test
