#include "load/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

namespace weir::load {
namespace {

TEST(Histogram, QuantilesAreWithinOnePercentOfTheSortedValues) {
  std::mt19937_64 random(11);
  std::lognormal_distribution<double> durations(11, 2);  // around 60 us, from ns to seconds
  Histogram histogram;
  std::vector<std::int64_t> values;
  for (int i = 0; i < 100'000; ++i) {
    values.push_back(static_cast<std::int64_t>(durations(random)));
    histogram.record(values.back());
  }
  std::sort(values.begin(), values.end());
  for (const double q : {0.01, 0.25, 0.5, 0.9, 0.99, 0.999}) {
    const auto rank = static_cast<std::size_t>(std::ceil(q * 100'000)) - 1;
    const auto found = histogram.quantile_ns(q);
    ASSERT_TRUE(found.has_value());
    EXPECT_NEAR(static_cast<double>(*found), static_cast<double>(values[rank]),
                0.01 * static_cast<double>(values[rank]) + 1)
        << q;
  }
  EXPECT_EQ(histogram.max_ns(), values.back());
}

TEST(Histogram, GivesNoQuantileWithFewerThanTenSamplesBeyond) {
  Histogram histogram;
  for (int i = 0; i < 999; ++i) histogram.record(i);
  EXPECT_TRUE(histogram.quantile_ns(0.98).has_value());
  EXPECT_FALSE(histogram.quantile_ns(0.995).has_value());
  EXPECT_FALSE(Histogram().quantile_ns(0.5).has_value());
}

TEST(Histogram, MergingIsRecordingBoth) {
  std::mt19937_64 random(3);
  Histogram one;
  Histogram two;
  Histogram both;
  for (int i = 0; i < 10'000; ++i) {
    const auto value = static_cast<std::int64_t>(random() % 10'000'000);
    (i % 3 == 0 ? one : two).record(value);
    both.record(value);
  }
  one.merge(two);
  EXPECT_EQ(one.count(), both.count());
  EXPECT_EQ(one.quantile_ns(0.5), both.quantile_ns(0.5));
  EXPECT_EQ(one.quantile_ns(0.99), both.quantile_ns(0.99));
  EXPECT_DOUBLE_EQ(one.mean_ns(), both.mean_ns());
}

TEST(Histogram, TakesTheLongestForWhatIsBeyondItsRange) {
  Histogram histogram;
  for (int i = 0; i < 100; ++i) histogram.record(INT64_MAX / 200);
  EXPECT_GT(histogram.quantile_ns(0.5).value_or(0), std::int64_t{1} << 39);
}

}  // namespace
}  // namespace weir::load
