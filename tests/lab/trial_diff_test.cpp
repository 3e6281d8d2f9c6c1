#include "lab/trial_diff.hpp"

#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include "lab/json.hpp"
#include "lab/sample_trials.hpp"

namespace weir::lab {
namespace {

using samples::Runs;

/// epoll and thread by what a request costs; the noise floor is 1.02x or so.
Trial costs(double thread_ns, double epoll_ns = 5000) {
  return samples::trial_of(Criterion::cpu,
                           {{"epoll", {epoll_ns, 1.01 * epoll_ns, 0.99 * epoll_ns}},
                            {"thread", {thread_ns, 1.01 * thread_ns, 0.99 * thread_ns}}},
                           {1.01 * epoll_ns, epoll_ns, epoll_ns});
}

Trial never_served(double clients) {
  return samples::trial_of(Criterion::unserved, {{"pool", {5000}, clients}}, {5000});
}

TEST(TrialDiff, FindsWhoIsWorseBeyondTheNoise) {
  const TrialDiff found = diff({costs(7700)}, {costs(10000)});
  ASSERT_EQ(found.rows.size(), 2u);
  EXPECT_EQ(found.rows[0].change, Change::cannot_tell);
  EXPECT_EQ(found.rows[1].change, Change::worse);
  EXPECT_NEAR(found.rows[1].worse.value_or(0), 10000.0 / 7700, 1e-9);
  EXPECT_EQ(diff({costs(10000)}, {costs(7700)}).count(Change::better), 1u);
  EXPECT_EQ(diff({costs(7700)}, {costs(7800)}).count(Change::worse), 0u);
}

TEST(TrialDiff, TellsWhatTheMachineMayHaveDone) {
  const TrialDiff found = diff({costs(7700)}, {costs(2 * 7700, 2 * 5000)});
  EXPECT_EQ(found.count(Change::worse), 2u);
  EXPECT_NEAR(found.rows[1].reference_worse.value_or(0), 1, 1e-9);
}

TEST(TrialDiff, OfCountsNeedsNoNoiseFloor) {
  const TrialDiff found = diff({never_served(2)}, {never_served(5)});
  EXPECT_EQ(found.count(Change::worse), 1u);
  EXPECT_EQ(found.rows[0].worse.value_or(0), 3);
  EXPECT_EQ(diff({never_served(2)}, {never_served(2)}).count(Change::worse), 0u);
}

TEST(TrialDiff, LeavesAloneWhoWasNotRanked) {
  const Trial before = costs(7700);
  const Trial after = samples::trial_of(
      Criterion::cpu, {{"epoll", {5000, 5050, 4950}}, {"thread", {9900, 9900, 9900}, 5}},
      {5050, 5000, 5000});
  const TrialDiff found = diff({before}, {after});
  EXPECT_EQ(found.rows[1].change, Change::unknown);
  EXPECT_EQ(found.rows[1].after.reason(), "5 of 64 clients never served");
}

TEST(TrialDiff, SaysNothingOfRunsThatWereJudgedByOtherFigures) {
  const Trial before = costs(7700);
  Trial after = costs(9900);
  after.judge = Criterion::p99;
  const TrialDiff found = diff({before}, {after});
  EXPECT_EQ(found.count(Change::unknown), 2u);
  EXPECT_FALSE(found.rows[1].reference_worse.known());
  EXPECT_FALSE(found.rows[1].noise_floor.known());
  ASSERT_EQ(found.sentences.size(), 2u);
  EXPECT_EQ(found.sentences[1],
            "made_up was judged by server CPU per request, then by p99 latency, so nothing is said "
            "of it.");
}

TEST(TrialDiff, RefusesOtherScenarios) {
  Trial other = costs(7700);
  other.scenario.text = "connections = 65";
  EXPECT_THROW(diff({costs(7700)}, {other}), std::invalid_argument);
  other.scenario.name = "other";
  EXPECT_THROW(diff({costs(7700)}, {other}), std::invalid_argument);
}

/// Of an earlier run the p99 in the calmer slices may not be known.
TEST(TrialDiff, SaysNothingOfAP99OfAllBesideACalmOne) {
  const std::vector<samples::Runs> runs{{"epoll", {5000, 5100, 5050}}};
  const Trial before = samples::trial_of(Criterion::p99, runs, {5100, 5000, 5050});
  Trial after = before;
  for (Cell& cell : after.results.cells) cell.p99_calm_ns = 0.1 * cell.p99_ns.value_or(0);
  after = judge_trial(after.scenario, after.results);
  const TrialDiff found = diff({before}, {after});
  EXPECT_EQ(found.count(Change::better), 0u);
  EXPECT_FALSE(found.rows.front().worse.known());
}

TEST(TrialDiff, IsJson) {
  const Json json = Json::parse(to_json(diff({costs(7700)}, {costs(10000)})));
  EXPECT_EQ(json.at("schema").text_or(""), "weir.scenarios.diff/1");
  EXPECT_EQ(json.at("worse").number_or(0), 1);
  EXPECT_EQ(json.at("rows").elements().at(1).at("change").text_or(""), "worse");
}

}  // namespace
}  // namespace weir::lab
