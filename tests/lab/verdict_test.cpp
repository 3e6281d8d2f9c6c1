#include "lab/verdict.hpp"

#include <gtest/gtest.h>

#include "sample_results.hpp"

namespace weir::lab {
namespace {

using samples::cell;
using samples::Shape;
using samples::two_cpus;

TEST(Verdict, AServerThatIsBusyAllTheTimeIsTheLimit) {
  Shape slowed{20000, 0.05, 2.1, 0.99, 0.30};
  const Verdict verdict = cell("slow", 64, 0, slowed).verdict;
  EXPECT_EQ(verdict.limit, Limit::server);
  EXPECT_EQ(name(verdict), "SERVER-BOUND");
  EXPECT_NE(verdict.words.find("the server was the limit"), std::string::npos);
}

TEST(Verdict, AGeneratorThatIsBusyAllTheTimeIsTheLimitAndTheRateALowerBound) {
  Shape busy{5000, 0.05, 2.1, 0.70, 0.96};
  const Verdict verdict = cell("epoll", 64, 0, busy).verdict;
  EXPECT_EQ(verdict.limit, Limit::generator);
  EXPECT_EQ(verdict.words, "the load generator was the limit: at least 140k/s");
}

TEST(Verdict, AGeneratorThrottledToHalfIsTheLimitByItsTimeInTheRunQueue) {
  Shape throttled{5000, 0.05, 2.1, 0.35, 0.48};
  throttled.generator_wait_ns = 0.44 * 0.8e9;
  EXPECT_EQ(cell("epoll", 64, 0, throttled).verdict.limit, Limit::generator);
}

TEST(Verdict, IsOfTheTimeThatTheHypervisorLeft) {
  Cell stolen = cell("epoll", 64, 0, {5000, 0.05, 2.1, 0.70, 0.60});
  ASSERT_EQ(judge(stolen, two_cpus()).limit, Limit::latency);
  stolen.server.own_cpus_steal_share = 0.25;  // 0.60 of 0.75: not busy
  EXPECT_EQ(judge(stolen, two_cpus()).limit, Limit::latency);
  stolen.server.server_cpus_steal_share = 0.25;  // 0.70 of 0.75
  EXPECT_EQ(judge(stolen, two_cpus()).limit, Limit::server);
  stolen.server.own_cpus_steal_share = 0.35;  // 0.60 of 0.65
  EXPECT_EQ(judge(stolen, two_cpus()).limit, Limit::generator);
}

TEST(Verdict, WhenBothAreBusyTheRateIsStillOnlyALowerBound) {
  Shape both{5000, 0.05, 2.1, 0.97, 0.97};
  const Verdict verdict = cell("epoll", 64, 0, both).verdict;
  EXPECT_EQ(verdict.limit, Limit::generator);
  EXPECT_TRUE(verdict.server_full);
  EXPECT_NE(verdict.words.find("the server was full too"), std::string::npos);
}

TEST(Verdict, NobodyBusyMeansThatClientsWait) {
  EXPECT_EQ(cell("epoll", 1, 0, samples::epoll(1)).verdict.limit, Limit::latency);
}

TEST(Verdict, CountsTheClientsThatWereNeverServed) {
  const Verdict verdict = cell("iterative", 64, 0, samples::iterative(64)).verdict;
  EXPECT_TRUE(verdict.starved);
  EXPECT_EQ(verdict.words.rfind("63 of 64 clients were never served", 0), 0u);
  EXPECT_EQ(name(verdict), "LATENCY-BOUND+STARVED");
}

TEST(Verdict, LittlesLawKnowsHowManyRequestsAreUnderWayOnEach) {
  Cell piped;
  read_load(piped, "{\"pipeline\":4," + samples::load_json(64, {}).substr(1));
  EXPECT_NEAR(piped.littles_law.value_or(0), 0.25, 1e-3);
}

TEST(Verdict, LittlesLawTellsThatClientsAreServedByHalves) {
  Cell odd = cell("pool", 64, 0, {});
  ASSERT_NEAR(odd.littles_law.value_or(0), 1, 1e-3);
  EXPECT_FALSE(judge(odd, two_cpus()).starved);
  odd.littles_law = 0.93;
  const Verdict verdict = judge(odd, two_cpus());
  EXPECT_TRUE(verdict.starved);
  EXPECT_EQ(verdict.words.rfind("only 93 % of the clients were being served at a time", 0), 0u)
      << verdict.words;
  EXPECT_FALSE(verdict.unsteady);
  odd.littles_law = 1.07;  // a stall before the window is in the latencies, and not in the rate
  EXPECT_FALSE(judge(odd, two_cpus()).starved);
  EXPECT_TRUE(judge(odd, two_cpus()).unsteady);
  // Few answers to a client: the window's edges divide some.
  odd.max_ns = odd.window_ns / 4;
  EXPECT_FALSE(judge(odd, two_cpus()).starved);
}

TEST(Verdict, OfARunWhoseHalvesDifferSaysSo) {
  Cell odd = cell("epoll", 64, 0, {});
  odd.unsteady = true;
  EXPECT_TRUE(name(judge(odd, two_cpus())).ends_with("+UNSTEADY"));
}

TEST(Verdict, AFullCpuThatBothShareIsTheLimit) {
  Cell shared = cell("epoll", 64, 0, {5000, 0.05, 2.1, 0.55, 0.42});
  EXPECT_EQ(judge(shared, {1, 1, true}).limit, Limit::machine);
}

TEST(Verdict, KnowsTheP99OfTheCalmerSlices) {
  std::string report = samples::load_json(64, {});
  Cell cell;
  read_load(cell, report);
  EXPECT_EQ(cell.p99_calm_ns.reason(), "too few answers to tell");
  report.insert(report.find("\"max_ns\""), "\"p99_calm_ns\":12345,");
  read_load(cell, report);
  EXPECT_EQ(cell.p99_calm_ns.value_or(0), 12345);
}

TEST(Verdict, WrongAnswersAndFailuresMakeARunInvalid) {
  Cell wrong = cell("epoll", 64, 0, {});
  wrong.errors = 2;
  EXPECT_EQ(judge(wrong, two_cpus()).limit, Limit::invalid);
  Cell failed = cell("epoll", 64, 0, {});
  failed.failure = "the server ended by itself with code 139";
  EXPECT_EQ(judge(failed, two_cpus()).words, failed.failure);
  Cell few = cell("epoll", 64, 0, {});
  few.connected = 50;
  EXPECT_EQ(judge(few, two_cpus()).words, "only 50 of 64 clients could connect");
  Cell silent = cell("epoll", 64, 0, {});
  silent.requests = 0;
  EXPECT_EQ(judge(silent, two_cpus()).words, "not one request was answered");
}

TEST(Verdict, OtherProgramsAndTheHypervisorMakeARunNoisy) {
  Cell noisy = cell("epoll", 64, 0, {});
  noisy.server.foreign_cpu_share = 0.2;
  EXPECT_TRUE(judge(noisy, two_cpus()).noisy);
  EXPECT_NE(judge(noisy, two_cpus()).words.find("other programs used 20 %"), std::string::npos);
  noisy.server.foreign_cpu_share = 0.0;
  noisy.server.steal_share = 0.04;
  EXPECT_NE(judge(noisy, two_cpus()).words.find("the hypervisor took 4 %"), std::string::npos);
}

}  // namespace
}  // namespace weir::lab
