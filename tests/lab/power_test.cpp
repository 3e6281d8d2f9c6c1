// Is the answer right? On made-up runs with a known difference and the noise of a shared machine.
#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "lab/sample_results.hpp"
#include "lab/summary.hpp"
#include "lab/trial.hpp"

namespace weir::lab {
namespace {

constexpr double spread = 0.03;  // of the logarithm of a run's cost
constexpr double drift = 0.20;   // by so much the machine's speed changes from block to block
constexpr int seeds = 200;

struct Contest {
  std::vector<std::string> names{"epoll", "other"};  // the first is the reference
  double ratio = 1;                                  // what the second costs of the first
  std::size_t blocks = 3;
};

Trial held(const Contest& contest, int seed) {
  std::mt19937_64 random(static_cast<std::uint64_t>(seed));
  std::normal_distribution<double> noise(0, spread);
  std::normal_distribution<double> speed(0, drift);
  Results results;
  results.reference = contest.names.front();
  results.contestants = contest.names;
  results.connections = {64};
  results.blocks = contest.blocks;
  for (std::size_t block = 0; block < contest.blocks; ++block) {
    const double base = 5000 * std::exp(speed(random));
    const auto add = [&](const std::string& name, double ratio, bool twin) {
      samples::Shape shape;
      shape.cpu_ns = base * ratio * std::exp(noise(random));
      results.cells.push_back(samples::cell(name, 64, block, shape, twin));
    };
    add(contest.names[0], 1, false);
    add(contest.names[0], 1, true);
    add(contest.names[1], contest.ratio, false);
  }
  summarize(results);
  Scenario scenario;
  scenario.name = "made_up";
  scenario.connections = 64;
  return judge_trial(std::move(scenario), std::move(results));
}

bool told_apart(const Trial& trial) {
  const auto& letters = trial.findings.at(1).letters;
  return std::none_of(letters.begin(), letters.end(), [&](char letter) {
    return trial.findings.at(0).letters.find(letter) != std::string::npos;
  });
}

double share_told_apart(const Contest& contest) {
  int found = 0;
  for (int seed = 0; seed < seeds; ++seed) found += told_apart(held(contest, seed)) ? 1 : 0;
  return static_cast<double>(found) / seeds;
}

TEST(Power, EqualsAreToldApartInAtMostOneExperimentOfTwenty) {
  EXPECT_LE(share_told_apart({.ratio = 1, .blocks = 3}), 0.05);
  EXPECT_LE(share_told_apart({.ratio = 1, .blocks = 6}), 0.05);
}

TEST(Power, TwiceTheCostIsAlwaysFound) {
  EXPECT_EQ(share_told_apart({.ratio = 2, .blocks = 3}), 1);
  EXPECT_EQ(share_told_apart({.ratio = 0.5, .blocks = 3}), 1);
}

TEST(Power, AThirdMoreIsFoundNineTimesOfTen) {
  EXPECT_GE(share_told_apart({.ratio = 1.3, .blocks = 3}), 0.9);
  EXPECT_GE(share_told_apart({.ratio = 1.5, .blocks = 3}), 0.95);
}

TEST(Power, ASeventhMoreIsFoundNineTimesOfTenInTwelveBlocks) {
  EXPECT_GE(share_told_apart({.ratio = 1.15, .blocks = 12}), 0.9);
}

TEST(Power, ATwentiethMoreIsTooCloseToTell) {
  EXPECT_LE(share_told_apart({.ratio = 1.05, .blocks = 3}), 0.5);
}

TEST(Power, NamesDoNotMatter) {
  for (int seed = 0; seed < seeds; ++seed) {
    const Trial one = held({.names = {"epoll", "other"}, .ratio = 1.2}, seed);
    const Trial two = held({.names = {"zebra", "aardvark"}, .ratio = 1.2}, seed);
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_EQ(one.findings[i].letters, two.findings[i].letters);
      EXPECT_EQ(one.findings[i].to_best, two.findings[i].to_best);
    }
  }
}

}  // namespace
}  // namespace weir::lab
