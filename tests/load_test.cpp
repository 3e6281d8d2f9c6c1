// The load generator against servers whose ways are known, in this process: each has a thread and
// an epoll loop of its own.
#include <atomic>

#include <gtest/gtest.h>

#include "framed/client.hpp"
#include "load/course.hpp"
#include "load/pipeline.hpp"
#include "load_peer.hpp"

namespace weir::load {
namespace {

TEST(Load, KnownServiceTimeComesBack) {
  const Served server([](Stream& peer) { return answer_after(peer, milliseconds(5)); });
  Plan plan = plan_for(server);
  plan.requests = 100;
  plan.window = Duration::max();
  const LoadResult result = run(plan);
  EXPECT_EQ(result.requests, 100u);
  EXPECT_EQ(result.service.count(), 100u);
  EXPECT_EQ(result.served, 4u);
  EXPECT_GE(result.service.quantile_ns(0.05), 5'000'000);
  EXPECT_GE(result.window, milliseconds(5) * 100 / 4);
}

TEST(Load, EveryRequestThatWasDueIsInTheResponse) {
  const Served server([](Stream& peer) { return answer_after(peer, milliseconds(1)); });
  Plan plan = plan_for(server);
  plan.open = at_rate(500);
  plan.warm_up = milliseconds(50);
  const LoadResult result = run(plan);
  EXPECT_GT(result.due, 0u);
  EXPECT_EQ(result.response.count(), result.due);
  EXPECT_GE(result.response.max_ns(), result.service.max_ns());
}

TEST(Load, ServerThatCannotKeepUpIsSeenInTheResponseOnly) {
  const Served server([](Stream& peer) { return answer_after(peer, milliseconds(20)); });
  Plan plan = plan_for(server);
  plan.connections = 1;
  plan.open = at_rate(500);
  const LoadResult result = run(plan);
  EXPECT_EQ(result.response.count(), result.due);
  EXPECT_GT(result.queued, 0u);
  EXPECT_GT(result.censored, result.requests);
  EXPECT_GT(result.response.quantile_ns(0.5).value_or(0), 2 * result.service.mean_ns());
  EXPECT_LT(result.sent, result.due / 2);
}

TEST(Load, UnansweredRequestsCountWithTheTimeTheyHaveWaited) {
  const Served server(never_answer);
  Plan plan = plan_for(server);
  plan.open = at_rate(100);
  plan.window = milliseconds(300);
  const LoadResult result = run(plan);
  EXPECT_EQ(result.requests, 0u);
  EXPECT_EQ(result.served, 0u);
  EXPECT_EQ(result.censored, result.due);
  EXPECT_GE(result.response.max_ns(), 290'000'000);  // the first was due at once
}

TEST(Load, OpenLoopMakesAsManyRequestsAsAsked) {
  const Served server([](Stream& peer) { return answer_after(peer, Duration(0)); });
  Plan plan = plan_for(server);
  plan.open = at_rate(2000);
  plan.requests = 50;
  plan.window = Duration::max();
  const LoadResult result = run(plan);
  EXPECT_EQ(result.requests, 50u);
  EXPECT_EQ(result.due, 50u);
  EXPECT_EQ(result.censored, 0u);
}

TEST(Load, ChurnConnectsForEachRequest) {
  std::atomic<int> accepted{0};
  const auto count = [&accepted](Stream& peer) {
    ++accepted;
    return answer_after(peer, Duration(0));
  };
  const Served server(count);
  Plan plan = plan_for(server);
  plan.kind = Connections::fresh;
  plan.requests = 40;
  plan.window = Duration::max();
  const LoadResult result = run(plan);
  EXPECT_EQ(result.requests, 40u);
  EXPECT_EQ(result.errors(), 0u);
  EXPECT_EQ(accepted, 44);  // and one first for each of the four
}

TEST(Load, ThinkingTimeIsNotLatency) {
  const Served server([](Stream& peer) { return answer_after(peer, Duration(0)); });
  Plan plan = plan_for(server);
  plan.think = {milliseconds(200), Think::Kind::fixed};  // longer than a machine stalls
  plan.requests = 12;
  plan.window = Duration::max();
  const LoadResult result = run(plan);
  EXPECT_GE(result.window, milliseconds(600));  // three thoughts of each connection
  EXPECT_LT(result.service.mean_ns(), 200e6);
}

TEST(Load, ClientThinksBeforeAPageAndTakesItsRequestsInTurn) {
  Plan plan;
  plan.exchanges.make = [](std::size_t) { return ask; };
  plan.connections = 2;
  plan.think = {milliseconds(20), Think::Kind::fixed, 3};
  plan.in_turn = {ask, ask};
  Stop stop;
  Course course(plan, stop);
  Slot& second = course.slots.at(1);
  std::vector<Duration> thoughts;
  std::vector<std::uint32_t> turns;
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(course.take(second));
    thoughts.push_back(course.wait_of(second));
    turns.push_back(second.what);
  }
  const Duration long_enough = milliseconds(20);
  const Duration none{0};
  EXPECT_EQ(thoughts, (std::vector<Duration>{long_enough, none, none, long_enough, none}));
  EXPECT_EQ(turns, (std::vector<std::uint32_t>{1, 0, 1, 0, 1}));
}

TEST(Load, WhatIsSteadyIsToldByPages) {
  Plan plan;
  plan.connections = 4;
  LoadResult result;
  result.requests = 1'500;
  result.first_half = 600;
  EXPECT_TRUE(unsteady(plan, result));
  plan.think.page = 13;  // 46 and 69 of them
  EXPECT_FALSE(unsteady(plan, result));
  result.first_half = 300;
  EXPECT_TRUE(unsteady(plan, result));
}

TEST(Load, PersonasAreNotMeasured) {
  std::atomic<int> accepted{0};
  const auto session = [&accepted](Stream& peer) {
    ++accepted;
    return answer_after(peer, Duration(0));
  };
  const Served server(session);
  Plan plan = plan_for(server);
  plan.personas = {.slow_senders = 1, .slow_readers = 1, .idle = 3, .aborters = 1};
  plan.requests = 200;
  plan.window = Duration::max();
  const LoadResult result = run(plan);
  EXPECT_EQ(result.connections, 4u);
  EXPECT_EQ(result.requests, 200u);
  EXPECT_EQ(result.errors(), 0u);
  EXPECT_GE(accepted, 10);
}

TEST(Load, NobodyThereIsAnErrorOfEachConnection) {
  const Address nobody = [] {
    const Served gone(never_answer);
    return gone.address();
  }();
  const Served server(never_answer);
  Plan plan = plan_for(server);
  plan.target = nobody;
  plan.window = Duration::max();
  const LoadResult result = run(plan);
  EXPECT_EQ(result.connect_errors, 4u);
  EXPECT_EQ(result.connected, 0u);
}

TEST(Load, RequestOfAProtocolIsFoundOut) {
  EXPECT_EQ(request_of(framed::exchanges(), 6), "^aaaa$");
}

/// A result of an open loop whose requests had these latencies and lags.
LoadResult result_with(std::int64_t response_ns, std::int64_t lag_ns, std::uint64_t sent) {
  LoadResult result;
  result.window = milliseconds(1000);
  result.due = 1000;
  result.sent = sent;
  result.requests = sent;
  for (std::uint64_t i = 0; i < sent; ++i) {
    result.response.record(response_ns);
    result.send_lag.record(lag_ns);
  }
  return result;
}

TEST(Load, GeneratorIsTheLimitWhenItIsLate) {
  Plan plan;
  plan.open = at_rate(1000);
  EXPECT_EQ(limit_of(plan, result_with(200'000, 90'000, 1000)), Limit::server);
  EXPECT_EQ(limit_of(plan, result_with(200'000, 110'000, 1000)), Limit::generator);
  EXPECT_EQ(limit_of(plan, result_with(4'000'000, 900'000, 1000)), Limit::server);
  EXPECT_EQ(limit_of(plan, result_with(200'000, 0, 900)), Limit::connections);
  LoadResult busy = result_with(200'000, 0, 900);
  busy.generator_cpu = milliseconds(950);
  EXPECT_EQ(limit_of(plan, busy), Limit::generator);
  busy.requests = 0;
  EXPECT_EQ(limit_of(plan, busy), Limit::no_answers);
}

}  // namespace
}  // namespace weir::load
