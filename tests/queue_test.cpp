// Queues whose waiting times are known: arrivals of the load generator's own schedule, a simulated
// server, and the generator's histogram. What comes out must be what queueing theory says.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <ostream>
#include <queue>
#include <vector>

#include <gtest/gtest.h>

#include "load/histogram.hpp"
#include "load/schedule.hpp"

namespace weir::load {
namespace {

struct Queue {
  std::uint32_t servers = 1;
  double load = 0.5;  // of what the servers can do
};

std::ostream& operator<<(std::ostream& out, const Queue& queue) {
  return out << "M/M/" << queue.servers << " at " << queue.load;
}

constexpr double service_s = 1e-3;
constexpr std::size_t requests = 400'000;
constexpr std::size_t batches = 20;

/// What each request of the schedule met with: first come, first served by `servers`.
struct Outcome {
  std::vector<double> waits_s;
  Histogram response;
  double in_system_s = 0;  // summed up over the requests
  double elapsed_s = 0;
};

Outcome serve(const Queue& queue) {
  const double rate = queue.load * queue.servers / service_s;
  Schedule schedule({rate, rate}, {}, 7);
  Random random(11);
  std::priority_queue<double, std::vector<double>, std::greater<>> free_at;
  for (std::uint32_t i = 0; i < queue.servers; ++i) free_at.push(0);
  Outcome outcome;
  for (std::size_t i = 0; i < requests; ++i) {
    const double due = std::chrono::duration<double>(schedule.next()).count();
    const double begin = std::max(due, free_at.top());
    free_at.pop();
    const double end = begin + service_s * exponential_of(random);
    free_at.push(end);
    outcome.waits_s.push_back(begin - due);
    outcome.response.record(std::llround((end - due) * 1e9));
    outcome.in_system_s += end - due;
    outcome.elapsed_s = due;
  }
  return outcome;
}

/// The share of requests that have to wait: Erlang's C formula.
double erlang_c(const Queue& queue) {
  const double offered = queue.load * queue.servers;
  double blocked = 1;  // Erlang's B, by its recursion
  for (std::uint32_t i = 1; i <= queue.servers; ++i) {
    blocked = offered * blocked / (i + offered * blocked);
  }
  return blocked / (1 - queue.load * (1 - blocked));
}

double mean_wait_s(const Queue& queue) {
  return erlang_c(queue) * service_s / (queue.servers * (1 - queue.load));
}

struct Interval {
  double mean = 0;
  double half = 0;
};

/// Of the mean, from the means of batches, since waits that follow each other are alike: Student's t
/// for 19 degrees of freedom, 99 %.
Interval interval_of(const std::vector<double>& values) {
  constexpr double student = 2.861;
  const std::size_t each = values.size() / batches;
  double sum = 0;
  double squares = 0;
  for (std::size_t batch = 0; batch < batches; ++batch) {
    double of_batch = 0;
    for (std::size_t i = 0; i < each; ++i) of_batch += values[batch * each + i];
    of_batch /= static_cast<double>(each);
    sum += of_batch;
    squares += of_batch * of_batch;
  }
  const double mean = sum / batches;
  const double variance = (squares - batches * mean * mean) / (batches - 1);
  return {mean, student * std::sqrt(variance / batches)};
}

class Queues : public testing::TestWithParam<Queue> {};

INSTANTIATE_TEST_SUITE_P(Known, Queues,
                         testing::Values(Queue{1, 0.5}, Queue{1, 0.8}, Queue{2, 0.7}, Queue{8, 0.9},
                                         Queue{32, 0.6}));

TEST_P(Queues, WaitAsTheorySays) {
  const Outcome outcome = serve(GetParam());
  const Interval wait = interval_of(outcome.waits_s);
  const double theory = mean_wait_s(GetParam());
  EXPECT_NEAR(wait.mean, theory, wait.half) << GetParam();
  if (theory > 1e-5) {
    EXPECT_LT(wait.half, theory / 4) << "an interval that wide says nothing";
  }
  const auto waited = static_cast<double>(std::count_if(
      outcome.waits_s.begin(), outcome.waits_s.end(), [](double wait_s) { return wait_s > 0; }));
  EXPECT_NEAR(waited / static_cast<double>(requests), erlang_c(GetParam()), 0.02) << GetParam();
}

TEST_P(Queues, KeepLittlesLaw) {
  const Outcome outcome = serve(GetParam());
  const double rate = static_cast<double>(requests) / outcome.elapsed_s;
  const double under_way = outcome.in_system_s / outcome.elapsed_s;
  EXPECT_NEAR(rate * outcome.response.mean_ns() / 1e9, under_way, 0.001 * under_way);
}

TEST(AQueueOfOneServer, HasTheQuantilesOfTheory) {
  const Queue queue{1, 0.7};
  const Outcome outcome = serve(queue);
  for (const double q : {0.5, 0.9, 0.99}) {
    // Its responses are exponentially distributed, too.
    const double theory_ns = -std::log(1 - q) * service_s / (1 - queue.load) * 1e9;
    const auto found = outcome.response.quantile_ns(q);
    ASSERT_TRUE(found.has_value());
    EXPECT_NEAR(static_cast<double>(*found), theory_ns, 0.05 * theory_ns) << q;
  }
}

}  // namespace
}  // namespace weir::load
