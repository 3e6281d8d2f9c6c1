#include "lab/trial.hpp"

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

TEST(Trial, IsARowOfTheHeatMap) {
  const Trial costs = trial_of(Criterion::cpu,
                               {{"epoll --offload 4", {5000, 5100, 5050}},
                                {"epoll --offload inline", {20000, 20100, 20050}},
                                {"thread", {7700, 7800, 7600}}},
                               quiet_twin);
  const Trial counts =
      trial_of(Criterion::unserved, {{"thread", {5000}}, {"iterative", {5000}, 63}}, {5000});
  const std::string map = heat_map_html({costs, counts});
  EXPECT_NE(map.find("<th scope=\"col\">epoll</th><th scope=\"col\">thread</th><th scope=\"col\">"
                     "iterative</th>"),
            std::string::npos)
      << map;
  EXPECT_NE(map.find("<td class=\"best\">1.00x</td><td class=\"far\">1.53x</td><td class=\"\">-"),
            std::string::npos)
      << map;
  EXPECT_NE(map.find("<td class=\"best\">0</td><td class=\"worst\">63</td>"), std::string::npos)
      << map;
  const std::string page = html(std::vector<Trial>{costs, counts});
  EXPECT_NE(page.find(map), std::string::npos);
  EXPECT_EQ(html(std::vector<Trial>{costs}).find("at a glance"), std::string::npos);
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
