#include "core/timers.hpp"

#include <deque>
#include <map>
#include <random>
#include <set>

#include <gtest/gtest.h>

namespace weir {
namespace {

Time at(std::int64_t ns) {
  return Time(Duration(ns));
}

TEST(Timers, ALaterDeadlineIsLookedAtWhenTheFirstOneComes) {
  Timers timers;
  Op op;
  op.in_flight = true;
  op.deadline = at(10);
  timers.arm(op);
  op.deadline = at(30);
  timers.arm(op);
  EXPECT_EQ(timers.next(), at(10));            // the entry stays where it was ...
  EXPECT_EQ(timers.expired(at(10)), nullptr);  // ... and is moved on when it comes due
  EXPECT_EQ(timers.next(), at(30));
  EXPECT_EQ(timers.expired(at(30)), &op);
  EXPECT_EQ(timers.next(), never);
}

TEST(Timers, AnEarlierDeadlineMovesForward) {
  Timers timers;
  Op late;
  Op op;
  late.in_flight = op.in_flight = true;
  late.deadline = at(20);
  op.deadline = at(100);
  timers.arm(late);
  timers.arm(op);
  op.deadline = at(5);
  timers.arm(op);
  EXPECT_EQ(timers.expired(at(5)), &op);
  EXPECT_EQ(timers.next(), at(20));
}

TEST(Timers, AnOpThatIsNotInFlightIsForgotten) {
  Timers timers;
  Op op;
  op.in_flight = true;
  op.deadline = at(10);
  timers.arm(op);
  op.in_flight = false;
  EXPECT_EQ(timers.expired(at(10)), nullptr);
  EXPECT_EQ(timers.next(), never);
}

// Against an ordered map as the oracle: whatever is armed, moved, completed and removed, an op
// expires exactly when its deadline has passed.
TEST(Timers, AgreeWithAnOrderedMap) {
  std::mt19937_64 random(7);
  Timers timers;
  std::deque<Op> ops(200);
  std::map<Op*, Time> in_flight;
  std::int64_t now_ns = 0;
  for (int step = 0; step < 50'000; ++step) {
    Op& op = ops[random() % ops.size()];
    switch (random() % 4) {
      case 0:
      case 1:
        op.in_flight = true;
        op.deadline = random() % 10 == 0
                          ? never
                          : at(now_ns + 1 + static_cast<std::int64_t>(random() % 1000));
        timers.arm(op);
        in_flight[&op] = op.deadline;
        break;
      case 2:
        op.in_flight = false;
        in_flight.erase(&op);
        if (random() % 2 == 0) timers.disarm(op);
        break;
      default:
        now_ns += static_cast<std::int64_t>(random() % 20);
        std::set<Op*> due;
        for (const auto& [each, deadline] : in_flight) {
          if (deadline <= at(now_ns)) due.insert(each);
        }
        while (Op* expired = timers.expired(at(now_ns))) {
          EXPECT_EQ(due.erase(expired), 1u);
          expired->in_flight = false;
          in_flight.erase(expired);
        }
        EXPECT_TRUE(due.empty());
    }
  }
}

}  // namespace
}  // namespace weir
