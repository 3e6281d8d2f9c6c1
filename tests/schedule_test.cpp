#include "load/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace weir::load {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Arrivals uniform{Arrivals::Kind::uniform};
constexpr Arrivals poisson{Arrivals::Kind::poisson};

Rate constant(double rps) {
  return {rps, rps};
}

std::vector<Duration> first(std::size_t count, Schedule schedule) {
  std::vector<Duration> times;
  for (std::size_t i = 0; i < count; ++i) times.push_back(schedule.next());
  return times;
}

TEST(Schedule, OfTheSameSeedIsTheSame) {
  const auto times = first(1000, Schedule(constant(5000), poisson, 7));
  EXPECT_EQ(times, first(1000, Schedule(constant(5000), poisson, 7)));
  EXPECT_NE(times, first(1000, Schedule(constant(5000), poisson, 8)));
  EXPECT_TRUE(std::is_sorted(times.begin(), times.end()));
}

TEST(Schedule, UniformArrivalsAreOnTheGrid) {
  const auto times = first(4, Schedule(constant(1000), uniform, 1));
  EXPECT_EQ(times, (std::vector<Duration>{milliseconds(0), milliseconds(1), milliseconds(2),
                                          milliseconds(3)}));
}

TEST(Schedule, UniformArrivalsDoNotDrift) {
  Schedule schedule(constant(3000), uniform, 1);
  Duration last{0};
  for (int i = 0; i <= 3'000'000; ++i) last = schedule.next();
  EXPECT_EQ(last, seconds(1000));
}

TEST(Schedule, BurstsComeTogether) {
  const auto times = first(5, Schedule(constant(200), {Arrivals::Kind::burst, 2}, 1));
  EXPECT_EQ(times, (std::vector<Duration>{milliseconds(0), milliseconds(0), milliseconds(10),
                                          milliseconds(10), milliseconds(20)}));
}

struct Moments {
  double mean;
  double variance;
};

Moments gaps_of(const std::vector<Duration>& times) {
  Moments moments{};
  const auto count = static_cast<double>(times.size() - 1);
  for (std::size_t i = 1; i < times.size(); ++i) {
    const double gap = static_cast<double>((times[i] - times[i - 1]).count());
    moments.mean += gap / count;
    moments.variance += gap * gap / count;
  }
  moments.variance -= moments.mean * moments.mean;
  return moments;
}

TEST(Schedule, PoissonArrivalsHaveExponentialGaps) {
  const Moments gaps = gaps_of(first(400'000, Schedule(constant(10'000), poisson, 3)));
  EXPECT_NEAR(gaps.mean, 1e5, 1e3);
  EXPECT_NEAR(gaps.variance, 1e10, 2e8);  // the square of the mean
}

TEST(Schedule, SegmentsAddUpToTheRate) {
  std::vector<Duration> all;
  for (std::uint32_t i = 0; i < 4; ++i) {
    const auto part = first(50'000, Schedule(constant(10'000), poisson, 3, {i, 4}));
    all.insert(all.end(), part.begin(), part.end());
  }
  std::sort(all.begin(), all.end());
  all.resize(190'000);  // until one of them ends
  const Moments gaps = gaps_of(all);
  EXPECT_NEAR(gaps.mean, 1e5, 1e3);
  EXPECT_NEAR(gaps.variance, 1e10, 3e8);
}

TEST(Schedule, SegmentsOfUniformArrivalsInterleave) {
  const auto even = first(3, Schedule(constant(1000), uniform, 1, {0, 2}));
  const auto odd = first(3, Schedule(constant(1000), uniform, 1, {1, 2}));
  EXPECT_EQ(even, (std::vector<Duration>{milliseconds(0), milliseconds(2), milliseconds(4)}));
  EXPECT_EQ(odd, (std::vector<Duration>{milliseconds(1), milliseconds(3), milliseconds(5)}));
}

/// How many are due in [begin, end).
long due(Schedule schedule, Duration begin, Duration end) {
  long count = 0;
  for (Duration time = schedule.next(); time < end; time = schedule.next()) {
    count += time >= begin ? 1 : 0;
  }
  return count;
}

TEST(Schedule, ARateChangesEvenlyInItsTime) {
  const Rate up{1000, 3000, seconds(1), seconds(3)};
  const Rate down{3000, 1000, seconds(1), seconds(3)};
  for (const Arrivals& arrivals : {uniform, poisson}) {
    const auto count = [&](const Rate& rate, Duration begin, Duration end) {
      return static_cast<double>(due(Schedule(rate, arrivals, 5), begin, end));
    };
    const double tolerance = arrivals.kind == Arrivals::Kind::uniform ? 2 : 250;
    EXPECT_NEAR(count(up, seconds(0), seconds(1)), 1000, tolerance);
    EXPECT_NEAR(count(up, seconds(1), seconds(2)), 1500, tolerance);
    EXPECT_NEAR(count(up, seconds(2), seconds(3)), 2500, tolerance);
    EXPECT_NEAR(count(up, seconds(3), seconds(5)), 6000, 2 * tolerance);
    EXPECT_NEAR(count(down, seconds(1), seconds(2)), 2500, tolerance);
    EXPECT_NEAR(count(down, seconds(2), seconds(3)), 1500, tolerance);
    EXPECT_NEAR(count(down, seconds(3), seconds(4)), 1000, tolerance);
  }
}

// A queue with one server, fed by the schedule and served in exponential time, waits as M/M/1 does:
// utilisation / (1 - utilisation) service times (Lindley's recursion, virtual time).
TEST(Schedule, FeedsAQueueAsTheoryHasIt) {
  constexpr double rate_rps = 1000;
  for (const double utilisation : {0.3, 0.5, 0.7}) {
    const double service_ns = utilisation * 1e9 / rate_rps;
    Schedule schedule(constant(rate_rps), poisson, 17);
    Random random(23);
    double free_at = 0;
    double waited = 0;
    constexpr int requests = 1'000'000;
    for (int i = 0; i < requests; ++i) {
      const double due_at = static_cast<double>(schedule.next().count());
      const double begin = std::max(due_at, free_at);
      waited += begin - due_at;
      free_at = begin + exponential_of(random) * service_ns;
    }
    const double expected = utilisation / (1 - utilisation) * service_ns;
    EXPECT_NEAR(waited / requests, expected, 0.04 * expected) << utilisation;
  }
}

}  // namespace
}  // namespace weir::load
