// A run that is a curve, of servers that are made up.
#include "lab/curve.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sample_trials.hpp"

namespace weir::lab {
namespace {

using std::chrono::milliseconds;

CompareOptions options_of_a_curve() {
  CompareOptions options;
  options.window = milliseconds(200);
  options.percents = {10, 50, 90, 110};
  options.goal = Goal{"p99<5ms", Criterion::p99, 5e6};
  return options;
}

/// Does 2,000 a second at most, and answers in a millisecond up to `bend_rps`.
struct MadeUp {
  double bend_rps;
  double late_from_rps = 1e9;
  std::vector<milliseconds> windows = {};

  Cell operator()(const std::vector<std::string>& words, milliseconds window) {
    windows.push_back(window);
    Cell cell;
    const double rate_rps = words.empty() ? 2000 : std::stod(words.at(1));
    cell.offered_rps = cell.throughput_rps = rate_rps;
    cell.p99_ns = rate_rps <= bend_rps ? 1e6 : 50e6;
    cell.generator_late = rate_rps >= late_from_rps;
    cell.server.user_bytes_per_connection = words.empty() ? 100 : 0;
    return cell;
  }
};

TEST(Curve, EndsInTheHighestRateThatKeepsToTheGoal) {
  MadeUp load{1900};
  const Cell cell = climb(options_of_a_curve(), std::ref(load));
  EXPECT_EQ(cell.throughput_rps.value_or(0), 1800);
  EXPECT_EQ(cell.capacity_rps.value_or(0), 2000);
  EXPECT_FALSE(cell.generator_late);
  EXPECT_EQ(cell.server.user_bytes_per_connection.value_or(0), 100);
  ASSERT_EQ(cell.curve.size(), 4u);
  EXPECT_EQ(cell.curve.back().percent, 110u);
  EXPECT_EQ(cell.curve.back().offered_rps.value_or(0), 2200);
  EXPECT_EQ(cell.curve.back().p99_ns.value_or(0), 50e6);
}

TEST(Curve, OfAServerThatIsAlwaysLateIsThatOfTheLowestRate) {
  MadeUp load{0};
  const Cell cell = climb(options_of_a_curve(), std::ref(load));
  EXPECT_EQ(cell.throughput_rps.value_or(0), 200);
  EXPECT_EQ(cell.p99_ns.value_or(0), 50e6);
}

TEST(Curve, IsTheGeneratorsWhereAHigherRateWasMissedByIt) {
  MadeUp load{1500, 1800};
  const Cell cell = climb(options_of_a_curve(), std::ref(load));
  EXPECT_EQ(cell.throughput_rps.value_or(0), 1000);
  EXPECT_TRUE(cell.generator_late);
}

TEST(Curve, TakesLongerWhereFewRequestsAreDue) {
  MadeUp load{1900};
  climb(options_of_a_curve(), std::ref(load));
  EXPECT_EQ(load.windows.at(0), milliseconds(200));
  EXPECT_EQ(load.windows.at(1), milliseconds(2000));  // of 200 a second, ten times as long at most
  EXPECT_EQ(load.windows.at(2), milliseconds(1100));
}

TEST(Curve, NeedsAServerThatAnswers) {
  const auto dead = [](const std::vector<std::string>&, milliseconds) { return Cell(); };
  EXPECT_THROW(climb(options_of_a_curve(), dead), std::runtime_error);
}

TEST(Curve, IsDrawnWithItsFigures) {
  Trial trial = samples::trial_of(Criterion::rate, {{"epoll", {5000, 5000, 5000}}}, {5000, 5000});
  EXPECT_EQ(curves_html(trial), "");
  for (Cell& cell : trial.results.cells) {
    const double ms = cell.block == 0 ? 3e6 : 7e6;  // two of three blocks
    cell.curve = {{50, 1000, 1000, 1e6, ms, false}, {110, 2200, 2000, 9e6, 40e6, true}};
  }
  const std::string page = html(std::vector<Trial>{trial});
  EXPECT_NE(page.find("id=\"curve-made_up-t\""), std::string::npos);
  EXPECT_NE(page.find("110 %"), std::string::npos);
  const std::string section = curves_html(trial);
  const std::size_t runs_at = section.find("The points of all runs");
  ASSERT_NE(runs_at, std::string::npos) << section;
  EXPECT_LT(section.find("7.00 ms"), runs_at) << section;
  EXPECT_GT(section.find("3.00 ms"), runs_at) << section;  // the median isn't 3.00 ms, one run is
  EXPECT_NE(section.find("3.00 ms"), std::string::npos) << section;
}

TEST(Curve, ThatMissedItsGoalByTheGeneratorSaysSo) {
  Trial trial = samples::trial_of(Criterion::rate, {{"epoll", {5000}}}, {5000});
  Scenario scenario = trial.scenario;
  scenario.goal = Goal{"p99<1ns", Criterion::p99, 1};
  Results results = trial.results;
  for (Row& row : results.rows) row.rate_is_lower_bound = true;
  const Trial judged = judge_trial(scenario, results);
  const std::string& note = judged.findings.at(0).note;
  EXPECT_NE(note.find("asked for was p99<1ns; the load generator was the limit"), std::string::npos)
      << note;
}

}  // namespace
}  // namespace weir::lab
