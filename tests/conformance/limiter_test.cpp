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

TEST_F(Limiter, IsTheServerWhenItTakesTwentyMicrosecondsARequest) {
  const lab::CompareOptions options = options_for(built_path("tests/programs/slow"), "slow");
  const lab::Cell cell = lab::run_cell(options, two_cpus(), sixty_four);
  ASSERT_EQ(cell.failure, "");
  EXPECT_EQ(cell.verdict.limit, lab::Limit::server) << cell.verdict.words;
}

TEST_F(Limiter, IsTheGeneratorWhenANeighbourTakesHalfItsCpu) {
  const lab::Process neighbour = lab::Process::start({"/bin/sh", "-c", "while :; do :; done"},
                                                     {.cpus = {1}, .environment = {}});
  const lab::CompareOptions options = options_for(weir_path(), "framed");
  const lab::Cell cell = lab::run_cell(options, two_cpus(), sixty_four);
  ASSERT_EQ(cell.failure, "");
  EXPECT_EQ(cell.verdict.limit, lab::Limit::generator) << cell.verdict.words;
}

}  // namespace
}  // namespace weir::test
