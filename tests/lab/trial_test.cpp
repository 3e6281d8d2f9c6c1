#include "lab/trial.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "lab/json.hpp"
#include "lab/sample_trials.hpp"

namespace weir::lab {
namespace {

using samples::Runs;
using samples::scenario_of;
using samples::trial_of;

const std::vector<double> quiet_twin{5100, 5000, 5050};

TEST(Trial, TakesTheCheapest) {
  const Trial trial = trial_of(
      Criterion::cpu, {{"epoll", {5000, 5100, 5050}}, {"thread", {7700, 7800, 7600}}}, quiet_twin);
  EXPECT_EQ(trial.findings[0].letters, "a");
  EXPECT_EQ(trial.findings[1].letters, "b");
  EXPECT_NEAR(trial.findings[1].to_best, 1.53, 0.02);
  EXPECT_EQ(trial.answer,
            "Take epoll (server CPU per request: 5.05 us). The others: thread 7.70 us, 1.53x as "
            "bad.");
}

TEST(Trial, TakesAnotherWhenTheFiguresTurn) {
  const Trial trial =
      trial_of(Criterion::cpu, {{"epoll", {9000, 9100, 9050}}, {"thread", {7700, 7800, 7600}}},
               {9050, 9000, 9100});
  EXPECT_EQ(trial.answer.substr(0, 12), "Take thread ");
}

TEST(Trial, NamesNoWinnerInsideTheNoiseFloor) {
  const Trial trial =
      trial_of(Criterion::cpu, {{"epoll", {5000, 5100, 5050}}, {"thread", {5200, 5150, 5250}}},
               {5600, 5000, 5050});
  EXPECT_NEAR(trial.noise_floor, 1.18, 0.01);
  EXPECT_EQ(trial.findings[0].letters, trial.findings[1].letters);
  EXPECT_EQ(trial.answer.substr(0, 17), "Too close to tell") << trial.answer;
  EXPECT_NE(trial.answer.find("Take epoll, the simplest"), std::string::npos) << trial.answer;
}

TEST(Trial, TakesTheSimplestOnlyWhereItCameNearTheBest) {
  const Trial trial = trial_of(
      Criterion::cpu,
      {{"fork", {6000, 6100, 6050}}, {"epoll", {5200, 5100, 5250}}, {"uring", {5000, 5050, 4950}}},
      {6300, 5100, 5250});
  EXPECT_EQ(trial.findings[0].letters, trial.findings[2].letters) << trial.noise_floor;
  EXPECT_EQ(recommended(trial)->contestant, "epoll");
  EXPECT_NE(
      trial.answer.find("fork, epoll, uring (server CPU per request: 5.20 us). Take epoll, the "
                        "simplest that came within a twentieth of the best"),
      std::string::npos)
      << trial.answer;
  EXPECT_NE(recommendation({trial}, Colour::none).find("3 that can't be told apart"),
            std::string::npos)
      << recommendation({trial}, Colour::none);
}

TEST(Trial, DoesNotRankWhoMissesTheGoal) {
  Trial trial = trial_of(
      Criterion::cpu, {{"epoll", {5000, 5100, 5050}}, {"thread", {7700, 7800, 7600}}}, quiet_twin);
  const double epoll_ns = trial.results.cells.front().p99_ns.value_or(0);
  for (Cell& cell : trial.results.cells) {
    cell.p99_ns = cell.contestant == "epoll" ? 2 * epoll_ns : epoll_ns;
  }
  trial.scenario.goal = Goal{"p99<1.5x", Criterion::p99, 1.5 * epoll_ns};
  trial = judge_trial(trial.scenario, trial.results);
  EXPECT_EQ(trial.findings[0].letters, "");
  EXPECT_EQ(trial.findings[1].letters, "a") << trial.answer;
  trial.scenario.goal->below_ns = epoll_ns / 2;
  trial = judge_trial(trial.scenario, trial.results);
  EXPECT_EQ(trial.answer.substr(0, 39), "Nobody can be recommended. Not ranked: ") << trial.answer;
}

TEST(Trial, DoesNotRankWhoFallsBehind) {
  Trial trial = trial_of(
      Criterion::cpu, {{"epoll", {5000, 5100, 5050}}, {"thread", {7700, 7800, 7600}}}, quiet_twin);
  for (Cell& cell : trial.results.cells) {
    const double answered = cell.throughput_rps.value_or(0);
    cell.offered_rps = cell.contestant == "epoll" ? 2 * answered : answered;
  }
  trial = judge_trial(trial.scenario, trial.results);
  EXPECT_EQ(trial.findings[0].note.substr(0, 13), "falls behind:");
  EXPECT_EQ(trial.findings[1].letters, "a");
}

TEST(Trial, TakesTheHighestRate) {
  // The rate of these samples falls as the cost grows.
  const Trial trial =
      trial_of(Criterion::rate, {{"epoll", {9000, 9100, 9050}}, {"thread", {4500, 4550, 4525}}},
               {9050, 9000, 9100});
  EXPECT_EQ(trial.findings[1].letters, "a");
  EXPECT_NEAR(trial.findings[0].to_best, 2.0, 0.05);
}

TEST(Trial, DoesNotRankWhoStarvesOthers) {
  const Trial trial =
      trial_of(Criterion::cpu,
               {{"epoll", {5000, 5100, 5050}}, {"iterative", {3000, 3100, 3050}, 63}}, quiet_twin);
  EXPECT_EQ(trial.findings[1].letters, "");
  EXPECT_EQ(trial.answer.substr(0, 11), "Take epoll ");
  EXPECT_NE(trial.answer.find("Not ranked: iterative (63 of 64 clients never served)."),
            std::string::npos)
      << trial.answer;
}

TEST(Trial, DoesNotRankLatenciesOfAGeneratorThatWasLate) {
  Trial trial = trial_of(
      Criterion::p99, {{"epoll", {5000, 5100, 5050}}, {"thread", {7700, 7800, 7600}}}, quiet_twin);
  EXPECT_EQ(trial.findings[1].letters, "b");
  for (Cell& cell : trial.results.cells) {
    cell.generator_late = cell.contestant == "thread";
    cell.send_lag_p99_ns = cell.p99_ns.value_or(0) / 2;
  }
  trial = judge_trial(trial.scenario, trial.results);
  EXPECT_EQ(trial.findings[1].letters, "");
  EXPECT_EQ(trial.findings[1].note, "the load generator was late");
  EXPECT_TRUE(trial.findings[1].bound);
  for (Cell& cell : trial.results.cells) cell.send_lag_p99_ns = cell.p99_ns.value_or(0) / 10;
  trial = judge_trial(trial.scenario, trial.results);
  EXPECT_EQ(trial.findings[1].letters, "b") << "lateness is a small part of what was measured";
}

TEST(Trial, RanksLateLatenciesThatAreAtMostLower) {
  Trial trial = trial_of(
      Criterion::p99,
      {{"epoll", {9000, 9100, 9050}}, {"thread", {700, 800, 600}}, {"pool", {900, 950, 990}}},
      {9100, 9000, 9050});
  for (Cell& cell : trial.results.cells) {
    cell.generator_late = cell.contestant != "epoll";
    cell.send_lag_p99_ns = cell.p99_ns.value_or(0) / 2;
  }
  trial = judge_trial(trial.scenario, trial.results);
  EXPECT_EQ(trial.findings[0].letters, "b");
  EXPECT_EQ(trial.findings[1].letters, "a");
  EXPECT_EQ(trial.findings[2].letters, "a");
  EXPECT_EQ(trial.answer.rfind("Too close to tell here (closer than 1.0", 0), 0U) << trial.answer;
  EXPECT_NE(trial.answer.find("or known only to be at most so much): thread, pool (p99 latency: at "
                              "most"),
            std::string::npos)
      << trial.answer;
}

TEST(Trial, TellsNobodyWorseThanALateOneThatMayBeBetter) {
  // pool alone is known, but what the others are at most is no more than that.
  Trial trial =
      trial_of(Criterion::p99,
               {{"thread", {700, 705, 710}}, {"pool", {700, 710, 705}}, {"epoll", {600, 605, 610}}},
               {700, 710, 705});
  for (Cell& cell : trial.results.cells) {
    cell.generator_late = cell.contestant != "pool";
    cell.send_lag_p99_ns = cell.p99_ns.value_or(0) / 2;
  }
  trial = judge_trial(trial.scenario, trial.results);
  EXPECT_EQ(trial.findings[0].letters, "a");
  EXPECT_EQ(trial.findings[1].letters, "b");
  EXPECT_EQ(trial.findings[2].letters, "a");
  EXPECT_EQ(recommended(trial)->contestant, "epoll") << "at most less than what anybody else is";
}

TEST(Trial, TakesTheLowestBoundWhereTheGeneratorWasLateForAll) {
  Trial trial = trial_of(Criterion::p99, {{"thread", {900, 905, 910}}, {"epoll", {600, 605, 610}}},
                         {900, 910, 905});
  for (Cell& cell : trial.results.cells) {
    cell.generator_late = true;
    cell.send_lag_p99_ns = cell.p99_ns.value_or(0) / 2;
  }
  trial = judge_trial(trial.scenario, trial.results);
  EXPECT_EQ(recommended(trial)->contestant, "epoll") << trial.answer;
}

TEST(Trial, TakesTheMedianForKnownWhereATenthWasInTime) {
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

TEST(Trial, JudgesByCostWhereTheGeneratorEndsTheRates) {
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
  EXPECT_EQ(trial.answer.rfind("The load generator was the limit of those that answered most", 0),
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

TEST(Trial, TakesTheHighestBoundOfACurve) {
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

TEST(Trial, JudgesByTheRateWhereTheFastestIsKnown) {
  const Trial trial = with_generator_full(
      trial_of(Criterion::rate, {{"epoll", {5000, 5100, 5050}}, {"thread", {7700, 7800, 7600}}},
               quiet_twin),
      {"thread"});
  EXPECT_EQ(trial.judge, Criterion::rate);
  EXPECT_EQ(recommended(trial)->contestant, "epoll");
  EXPECT_EQ(trial.findings[1].letters, "") << "it may be faster than it could show";
}

TEST(Trial, CountsWhatIsCounted) {
  const Trial trial = trial_of(Criterion::unserved,
                               {{"epoll", {5000, 5100, 5050}},
                                {"thread", {7000, 7100, 7050}},
                                {"iterative", {3000, 3100, 3050}, 63}},
                               quiet_twin);
  EXPECT_EQ(trial.noise_floor, 0);
  EXPECT_EQ(trial.findings[0].letters, "a");
  EXPECT_EQ(trial.findings[1].letters, "a");
  EXPECT_EQ(trial.findings[2].letters, "b");
  EXPECT_EQ(trial.answer,
            "As good as each other: epoll, thread (clients never served: 0). Take epoll, the "
            "simplest of them. The others: iterative 63.");
}

TEST(Trial, SaysThatNothingCameOfIt) {
  const Trial trial = trial_of(Criterion::cpu, {{"epoll", {}}}, {});
  EXPECT_EQ(trial.answer, "Nobody can be recommended: no run gave figures to compare.");
}

TEST(Trial, IsToldToPeopleAndPrograms) {
  const Trial trial = trial_of(
      Criterion::cpu, {{"epoll", {5000, 5100, 5050}}, {"thread", {7700, 7800, 7600}}}, quiet_twin);
  const std::string text = trials_table({trial}, Colour::none);
  EXPECT_NE(text.find("thread"), std::string::npos);
  EXPECT_NE(text.find("1.53x"), std::string::npos) << text;
  const Json json = Json::parse(to_json(std::vector<Trial>{trial}));
  EXPECT_EQ(json.at("schema").text_or(""), "weir.scenarios/1");
  const Json& only = json.at("scenarios").elements().at(0);
  EXPECT_EQ(only.at("judge").text_or(""), "cpu");
  EXPECT_EQ(only.at("findings").elements().at(1).at("value").number_or(0), 7700);
  EXPECT_EQ(only.at("comparison.schema").text_or(""), "weir.compare/1");
  EXPECT_EQ(text.find("For which load"), std::string::npos) << "one answer needs no summary";
  const std::string two = trials_table({trial, trial}, Colour::none);
  EXPECT_NE(two.find("take epoll\nserver CPU per request 5.05 us; thread 7.70 us, 1.53x as bad."),
            std::string::npos)
      << two;
  const std::string page = html(std::vector<Trial>{trial});
  EXPECT_NE(page.find("7.70 us"), std::string::npos);
}

}  // namespace
}  // namespace weir::lab
