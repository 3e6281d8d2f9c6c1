// Contestants whose figure is only a bound: the load generator was late, or the limit.
#include "lab/ranking.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "lab/json.hpp"
#include "lab/sample_trials.hpp"

namespace weir::lab {
namespace {

using samples::Runs;
using samples::trial_of;

const std::vector<double> quiet_twin{5100, 5000, 5050};

/// The generator was late under all contestants but one, by such a part of the p99.
Trial with_late_generator(Trial trial, const std::string& but, double part = 0.5) {
  for (Cell& cell : trial.results.cells) {
    cell.generator_late = cell.contestant != but;
    cell.send_lag_p99_ns = part * cell.p99_ns.value_or(0);
  }
  return judge_trial(trial.scenario, trial.results);
}

TEST(Ranking, DoesNotRankLatenciesOfAGeneratorThatWasLate) {
  Trial trial = trial_of(
      Criterion::p99, {{"epoll", {5000, 5100, 5050}}, {"thread", {7700, 7800, 7600}}}, quiet_twin);
  EXPECT_EQ(trial.findings[1].letters, "b");
  trial = with_late_generator(trial, "epoll");
  EXPECT_EQ(trial.findings[1].letters, "");
  EXPECT_EQ(trial.findings[1].note, "the load generator was late");
  EXPECT_TRUE(trial.findings[1].bound);
  trial = with_late_generator(trial, "epoll", 0.1);
  EXPECT_EQ(trial.findings[1].letters, "b") << "lateness is a small part of what was measured";
}

TEST(Ranking, RanksLateLatenciesThatAreAtMostLower) {
  Trial trial = trial_of(
      Criterion::p99,
      {{"epoll", {9000, 9100, 9050}}, {"thread", {700, 800, 600}}, {"pool", {900, 950, 990}}},
      {9100, 9000, 9050});
  trial = with_late_generator(trial, "epoll");
  EXPECT_EQ(trial.findings[0].letters, "b");
  EXPECT_EQ(trial.findings[1].letters, "a");
  EXPECT_EQ(trial.findings[2].letters, "a");
  EXPECT_EQ(trial.answer.rfind("Too close to tell here (closer than 1.0", 0), 0U) << trial.answer;
  EXPECT_NE(trial.answer.find("or known only to be at most so much): thread, pool (p99 latency: "
                              "at most"),
            std::string::npos)
      << trial.answer;
}

/// As trial_of, of runs that are long enough for slices, all of which were alike.
Trial calm_trial_of(Criterion judge, const std::vector<Runs>& all,
                    const std::vector<double>& twin) {
  Trial trial = trial_of(judge, all, twin);
  for (Cell& cell : trial.results.cells) cell.p99_calm_ns = cell.p99_ns;
  return judge_trial(trial.scenario, trial.results);
}

/// Three of four blocks are disturbed under one or the other.
TEST(Ranking, RanksACalmP99ByItsCalmerBlocks) {
  const std::vector<Runs> runs{{"thread", {9000, 4000, 600, 5000}},
                               {"epoll", {500, 7000, 9000, 8000}}};
  const std::vector<double> twin{5000, 8000, 6000, 610};
  const Trial trial = calm_trial_of(Criterion::p99, runs, twin);
  EXPECT_EQ(trial.judge, Criterion::calm_p99);
  EXPECT_NEAR(trial.findings[0].to_best, 1.2, 1e-4);
  EXPECT_EQ(recommended(trial)->contestant, "epoll");
  EXPECT_EQ(text_of(trial.findings[1].value, Criterion::p99),
            text_of(trial.findings[1].low, Criterion::p99));
  EXPECT_EQ(recommended(calm_trial_of(Criterion::p50, runs, twin))->contestant, "thread");
}

/// Who has more runs than the reference has no better chance for that.
TEST(Ranking, ComparesCalmP99sOfTheSameBlocksOnly) {
  Trial trial = calm_trial_of(
      Criterion::p99, {{"epoll", {700, 710, 705}}, {"thread", {700, 700, 300}}}, {700, 705, 710});
  EXPECT_EQ(recommended(trial)->contestant, "thread");
  std::erase_if(trial.results.cells,
                [](const Cell& cell) { return cell.contestant == "epoll" && cell.block == 2; });
  trial = judge_trial(trial.scenario, trial.results);
  EXPECT_NEAR(trial.findings[1].to_best, 1, 1e-4);
  EXPECT_NEAR(trial.findings[0].to_best, 1, 1e-4);
}

/// A run's calmer slices say who is better, all requests whether it is good enough.
TEST(Ranking, RanksByTheCalmP99AndHoldsGoalsAgainstAll) {
  Trial trial = trial_of(
      Criterion::p99, {{"epoll", {5000, 5100, 5050}}, {"thread", {7700, 7800, 7600}}}, quiet_twin);
  for (Cell& cell : trial.results.cells) {
    const bool epoll = cell.contestant == "epoll";
    cell.p99_calm_ns = epoll ? 90'000 : 30'000;
    cell.p99_ns = epoll ? 100'000 : 900'000;
  }
  trial = judge_trial(trial.scenario, trial.results);
  EXPECT_EQ(trial.findings[1].letters, "a");
  EXPECT_NEAR(trial.findings[0].to_best, 3, 1e-9);

  // Late in some slices only: the calmer ones are what they are.
  for (Cell& cell : trial.results.cells) {
    cell.generator_late = true;
    cell.send_lag_p99_ns = 800'000;
    cell.send_lag_p99_calm_ns = 1000;
  }
  trial = judge_trial(trial.scenario, trial.results);
  EXPECT_FALSE(trial.findings[0].bound);
  for (Cell& cell : trial.results.cells) cell.send_lag_p99_calm_ns = 30'000;
  EXPECT_TRUE(judge_trial(trial.scenario, trial.results).findings[0].bound);
  for (Cell& cell : trial.results.cells) cell.generator_late = false;

  trial.scenario.goal = Goal{"p99<200us", Criterion::p99, 200e3};
  trial = judge_trial(trial.scenario, trial.results);
  EXPECT_EQ(trial.findings[1].note, "p99 900 us, asked for was p99<200us");
  EXPECT_EQ(recommended(trial)->contestant, "epoll");
}

TEST(Ranking, DoesNotRankWhoFellBehindLate) {
  Trial trial = calm_trial_of(
      Criterion::p99, {{"epoll", {5000, 5100, 5050}}, {"thread", {700, 800, 600}}}, quiet_twin);
  for (Cell& cell : trial.results.cells) {
    if (cell.contestant == "thread") cell.p99_calm_ns = Figure::missing("it fell behind");
  }
  trial = judge_trial(trial.scenario, trial.results);
  EXPECT_EQ(trial.findings[1].note, "it fell behind");
  EXPECT_EQ(recommended(trial)->contestant, "epoll");
}

TEST(Ranking, TellsNobodyWorseThanALateOneThatMayBeBetter) {
  // pool alone is known, but what the others are at most is no more than that.
  Trial trial =
      trial_of(Criterion::p99,
               {{"thread", {700, 705, 710}}, {"pool", {700, 710, 705}}, {"epoll", {600, 605, 610}}},
               {700, 710, 705});
  trial = with_late_generator(trial, "pool");
  EXPECT_EQ(trial.findings[0].letters, "a");
  EXPECT_EQ(trial.findings[1].letters, "b");
  EXPECT_EQ(trial.findings[2].letters, "a");
  EXPECT_EQ(recommended(trial)->contestant, "epoll") << "at most less than what anybody else is";
}

TEST(Ranking, TakesTheLowestBoundWhereTheGeneratorWasLateForAll) {
  Trial trial = trial_of(Criterion::p99, {{"thread", {900, 905, 910}}, {"epoll", {600, 605, 610}}},
                         {900, 910, 905});
  trial = with_late_generator(trial, "nobody");
  EXPECT_EQ(recommended(trial)->contestant, "epoll") << trial.answer;
}

TEST(Ranking, TakesTheMedianForKnownWhereATenthWasInTime) {
  Trial trial = trial_of(Criterion::p50, {{"epoll", {5000, 5100, 5050}}}, quiet_twin);
  for (Cell& cell : trial.results.cells) {
    cell.generator_late = true;
    cell.send_lag_p99_ns = cell.p50_ns.value_or(0) / 2;
    cell.send_lag_p90_ns = cell.p50_ns.value_or(0) / 100;
  }
  EXPECT_FALSE(judge_trial(trial.scenario, trial.results).findings[0].bound);
  for (Cell& cell : trial.results.cells) cell.send_lag_p90_ns = cell.p50_ns.value_or(0) / 2;
  EXPECT_TRUE(judge_trial(trial.scenario, trial.results).findings[0].bound);
}

/// The generator was the limit under each contestant that is named.
Trial with_generator_full(Trial trial, const std::vector<std::string>& under) {
  for (Cell& cell : trial.results.cells) {
    const bool full = std::find(under.begin(), under.end(), cell.contestant) != under.end();
    cell.verdict.limit = full ? Limit::generator : Limit::server;
  }
  summarize(trial.results);
  return judge_trial(trial.scenario, trial.results);
}

TEST(Ranking, JudgesByCostWhereTheGeneratorEndsTheRates) {
  // The rate of these samples falls as the cost grows.
  const Trial trial = with_generator_full(trial_of(Criterion::rate,
                                                   {{"epoll", {5000, 5100, 5050}},
                                                    {"thread", {7700, 7800, 7600}},
                                                    {"fork", {40000, 41000, 39000}}},
                                                   quiet_twin),
                                          {"epoll", "thread"});
  EXPECT_EQ(trial.judge, Criterion::cpu);
  EXPECT_EQ(recommended(trial)->contestant, "epoll");
  EXPECT_EQ(trial.findings[1].letters, "b");
  EXPECT_EQ(trial.findings[2].letters, "") << "its rate is known, and lower";
  EXPECT_EQ(trial.findings[2].note.rfind("answers fewer: ", 0), 0U) << trial.findings[2].note;
  EXPECT_EQ(trial.answer.rfind("The load generator was the limit for those that answered most", 0),
            0U)
      << trial.answer;
  EXPECT_EQ(Json::parse(to_json(std::vector<Trial>{trial}))
                .at("scenarios")
                .elements()
                .at(0)
                .at("judge")
                .text_or(""),
            "cpu");
}

TEST(Ranking, TakesTheHighestBoundOfACurve) {
  Trial trial = trial_of(
      Criterion::rate, {{"epoll", {5000, 5100, 5050}}, {"thread", {7700, 7800, 7600}}}, quiet_twin);
  trial.scenario.percents = {50, 90};  // costs at rates that differ say nothing
  trial = with_generator_full(trial, {"epoll"});
  EXPECT_EQ(trial.judge, Criterion::rate);
  EXPECT_EQ(trial.findings[0].letters, "a");
  EXPECT_EQ(trial.findings[1].letters, "b");
  EXPECT_EQ(trial.answer.rfind("Take epoll (answers a second: at least ", 0), 0U) << trial.answer;
  const Json json = Json::parse(to_json(std::vector<Trial>{trial}));
  const Json& first = json.at("scenarios").elements().at(0).at("findings").elements().at(0);
  EXPECT_TRUE(first.at("at_least").bool_or(false));
  EXPECT_FALSE(first.at("at_most").bool_or(true));
}

TEST(Ranking, JudgesByTheRateWhereTheFastestIsKnown) {
  const Trial trial = with_generator_full(
      trial_of(Criterion::rate, {{"epoll", {5000, 5100, 5050}}, {"thread", {7700, 7800, 7600}}},
               quiet_twin),
      {"thread"});
  EXPECT_EQ(trial.judge, Criterion::rate);
  EXPECT_EQ(recommended(trial)->contestant, "epoll");
  EXPECT_EQ(trial.findings[1].letters, "") << "it may be faster than it could show";
}

TEST(Ranking, ByCostNeedsCosts) {
  Trial trial = trial_of(
      Criterion::rate, {{"epoll", {5000, 5100, 5050}}, {"thread", {7700, 7800, 7600}}}, quiet_twin);
  for (Cell& cell : trial.results.cells) {
    cell.server.cpu_ns_per_request = Figure::missing("nobody may look");
  }
  trial = with_generator_full(trial, {"epoll", "thread"});
  EXPECT_EQ(trial.judge, Criterion::rate);
  EXPECT_EQ(recommended(trial)->contestant, "epoll") << trial.answer;
}

TEST(Ranking, OfAnOpenLoopIsNotByCost) {
  Trial trial = trial_of(
      Criterion::rate, {{"epoll", {5000, 5100, 5050}}, {"thread", {7700, 7800, 7600}}}, quiet_twin);
  for (Cell& cell : trial.results.cells) cell.loop = Loop::open;
  trial = with_generator_full(trial, {"epoll", "thread"});
  EXPECT_EQ(trial.judge, Criterion::rate);
  EXPECT_TRUE(trial.findings[0].bound);
}

TEST(Ranking, LeavesOutNobodyWhoseRateHasNoRatio) {
  Trial trial =
      trial_of(Criterion::rate, {{"epoll", {5000, 5100, 5050}}, {"thread", {5200}}}, quiet_twin);
  for (Cell& cell : trial.results.cells) {
    if (cell.contestant == "thread") cell.block = 7;  // in which there is no reference
  }
  trial = with_generator_full(trial, {"epoll"});
  EXPECT_EQ(trial.judge, Criterion::cpu);
  EXPECT_EQ(trial.findings[1].note, "") << "it is not known to answer fewer";
}

}  // namespace
}  // namespace weir::lab
