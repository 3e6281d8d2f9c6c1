#include "load/calm_tail.hpp"

#include <gtest/gtest.h>

namespace weir::load {
namespace {

using std::chrono::microseconds;

/// So many durations, one each 100 us: ten slices of a thousand need a second.
Time record(CalmTail& tail, Time now, int count, std::int64_t usual_ns, std::int64_t slow_ns) {
  for (int i = 0; i < count; ++i) {
    now += microseconds(100);
    tail.record(now, i % 50 == 0 ? slow_ns : usual_ns);  // two in a hundred
  }
  return now;
}

TEST(CalmTail, IsNotMovedByAStallOfSomeSlices) {
  CalmTail tail;
  Time now = record(tail, Time{}, 3000, 1000, 20'000);
  for (int stalls = 0; stalls < 4; ++stalls) {
    now = record(tail, now, 1000, 1000, 9'000'000);
    now = record(tail, now, 1000, 1000, 20'000);
  }
  tail.end();
  EXPECT_NEAR(static_cast<double>(tail.p99_ns().value_or(0)), 20'000, 200);
}

TEST(CalmTail, KnowsWhatASlowServerDoesInEverySlice) {
  CalmTail tail;
  record(tail, Time{}, 12'000, 1000, 9'000'000);
  tail.end();
  EXPECT_NEAR(static_cast<double>(tail.p99_ns().value_or(0)), 9e6, 9e4);
}

TEST(CalmTail, NeedsASliceOfAThousandAndAHundredMilliseconds) {
  CalmTail few;
  record(few, Time{}, 999, 1000, 2000);
  few.end();
  EXPECT_FALSE(few.p99_ns());

  CalmTail brief;
  for (int i = 0; i < 5000; ++i) brief.record(Time(microseconds(i)), 1000);
  brief.end();
  EXPECT_FALSE(brief.p99_ns());
}

/// Requests without an answer are counted when the window is over, and there may be fewer than a slice
/// needs.
TEST(CalmTail, CountsWhatIsLeftAtTheEndToTheLastSlice) {
  CalmTail tail;
  const Time now = record(tail, Time{}, 1001, 1000, 2000);
  for (int i = 0; i < 200; ++i) tail.record(now, 700'000'000);
  tail.end();
  EXPECT_GT(tail.p99_ns().value_or(0), 600'000'000);
}

}  // namespace
}  // namespace weir::load
