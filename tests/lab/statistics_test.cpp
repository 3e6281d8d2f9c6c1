#include "lab/statistics.hpp"

#include <cmath>
#include <random>
#include <stdexcept>

#include <gtest/gtest.h>

namespace weir::lab {
namespace {

TEST(Median, IsTheMiddleOrTheMeanOfTheMiddleTwo) {
  EXPECT_DOUBLE_EQ(median({3, 1, 2}), 2);
  EXPECT_DOUBLE_EQ(median({4, 1, 3, 2}), 2.5);
  EXPECT_THROW(median({}), std::invalid_argument);
}

TEST(LowerQuartile, IsTheLowestOfUpToFour) {
  EXPECT_DOUBLE_EQ(lower_quartile({4, 2, 3, 9}), 2);
  EXPECT_DOUBLE_EQ(lower_quartile({4, 2, 3, 9, 8}), 3);
  EXPECT_THROW(lower_quartile({}), std::invalid_argument);
}

TEST(HodgesLehmann, IsNotMovedByOneWildValue) {
  EXPECT_DOUBLE_EQ(hodges_lehmann({1, 2, 3}), 2);
  EXPECT_LT(hodges_lehmann({1, 2, 3, 2, 2, 1000}), 3);
  EXPECT_THROW(hodges_lehmann({}), std::invalid_argument);
}

TEST(BootstrapInterval, HoldsTheEstimateAndIsTheSameForASeed) {
  const std::vector<double> values{0.9, 1.1, 1.0, 1.2, 0.8, 1.05};
  const Interval first = bootstrap_interval(values, 7);
  const Interval second = bootstrap_interval(values, 7);
  EXPECT_DOUBLE_EQ(first.low, second.low);
  EXPECT_DOUBLE_EQ(first.high, second.high);
  EXPECT_LT(first.low, hodges_lehmann(values));
  EXPECT_GT(first.high, hodges_lehmann(values));
}

TEST(BootstrapInterval, CoversTheTruthAboutAsOftenAsItSays) {
  std::mt19937_64 random(11);
  std::normal_distribution<double> noise(0.3, 0.05);
  int covered = 0;
  constexpr int trials = 200;
  for (int trial = 0; trial < trials; ++trial) {
    std::vector<double> values(12);
    for (double& value : values) value = noise(random);
    const Interval interval = bootstrap_interval(values, 3);
    covered += interval.low <= 0.3 && 0.3 <= interval.high ? 1 : 0;
  }
  EXPECT_GE(covered, trials * 85 / 100);
}

TEST(Estimate, GivesTheRangeOfFewBlocksAndSaysSo) {
  const Estimate few = estimate({0.1, 0.3, 0.2}, 1);
  EXPECT_TRUE(few.provisional);
  EXPECT_DOUBLE_EQ(few.interval.low, 0.1);
  EXPECT_DOUBLE_EQ(few.interval.high, 0.3);
  const Estimate many = estimate({0.1, 0.3, 0.2, 0.2, 0.2, 0.2}, 1);
  EXPECT_FALSE(many.provisional);
  EXPECT_EQ(many.blocks, 6u);
}

TEST(NoiseFloor, IsTheLargestDifferenceOfTwoServersThatAreTheSame) {
  EXPECT_NEAR(noise_floor({std::log(1.02), -std::log(1.12), 0.0, 0.0, 0.0}), 1.12, 1e-9);
  EXPECT_DOUBLE_EQ(noise_floor({0.0, 0.0}), 1.01);
}

TEST(NoiseFloor, IsWiderWhereFewDifferencesAreKnown) {
  EXPECT_NEAR(noise_floor({std::log(1.1)}), std::pow(1.1, 10), 1e-9);
  EXPECT_NEAR(noise_floor({std::log(1.1), 0.0, 0.0}), std::pow(1.1, 1.5), 1e-9);
}

TEST(LetterGroups, ShareALetterOnlyWithinTheFloor) {
  const auto logs = [](std::initializer_list<double> ratios) {
    std::vector<double> values;
    for (const double ratio : ratios) values.push_back(std::log(ratio));
    return values;
  };
  using Letters = std::vector<std::string>;
  EXPECT_EQ(letter_groups(logs({1.5, 1.0, 1.05}), 1.1), (Letters{"b", "a", "a"}));
  EXPECT_EQ(letter_groups(logs({1.0, 1.08, 1.16}), 1.1), (Letters{"a", "ab", "b"}));
  EXPECT_EQ(letter_groups(logs({1.0, 1.0, 1.0}), 1.01), (Letters{"a", "a", "a"}));
  EXPECT_EQ(letter_groups(logs({4, 2, 1}), 1.1), (Letters{"c", "b", "a"}));
  EXPECT_TRUE(letter_groups({}, 1.1).empty());
}

// Two servers that are the same must hardly ever come out as different.
TEST(LetterGroups, FindAWinnerAmongEqualsInAtMostOneSeedOfTwenty) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> noise(0, 0.04);
  int winners = 0;
  constexpr int trials = 400;
  for (int trial = 0; trial < trials; ++trial) {
    std::vector<double> pairs(12);
    for (double& pair : pairs) pair = noise(random) - noise(random);
    std::vector<double> blocks(3);
    for (double& block : blocks) block = noise(random) - noise(random);
    const double other = estimate(blocks, 1).log_ratio;
    const auto letters = letter_groups({0, other}, noise_floor(pairs));
    winners += letters[0] != letters[1] ? 1 : 0;
  }
  EXPECT_LE(winners, trials / 20);
}

}  // namespace
}  // namespace weir::lab
