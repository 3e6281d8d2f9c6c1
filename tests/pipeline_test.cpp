// Requests that don't wait for the answers of those before, against servers that tell the difference.
#include "load/pipeline.hpp"

#include <algorithm>
#include <atomic>
#include <string>

#include <gtest/gtest.h>

#include "framed/client.hpp"
#include "framed/session.hpp"
#include "load_peer.hpp"

namespace weir::load {
namespace {

/// Answers only when so many requests are there.
Task<> answer_by(Stream& peer, std::size_t together) {
  std::size_t asked = 0;
  while (const Bytes requests = co_await peer.read()) {
    for (asked += requests.size(); asked >= together; asked -= together) {
      co_await peer.write(std::string(together, '!'));
    }
  }
}

/// Answers each request, `service` after the one before.
Task<> answer_each_after(Stream& peer, Duration service) {
  while (const Bytes requests = co_await peer.read()) {
    for (std::size_t left = requests.size(); left > 0; --left) {
      co_await peer.io().sleep(service);
      co_await peer.write("!");
    }
  }
}

Plan pipelined(const Served& server, std::uint32_t depth) {
  Plan plan = plan_for(server);
  plan.pipeline = depth;
  return plan;
}

TEST(Pipeline, KeepsSoManyRequestsUnderWay) {
  const Served server([](Stream& peer) { return answer_by(peer, 4); });
  Plan plan = pipelined(server, 4);
  plan.requests = 80;
  plan.window = Duration::max();
  const LoadResult result = run(plan);
  EXPECT_EQ(result.requests, 80u);
  EXPECT_EQ(result.service.count(), 80u);
  EXPECT_EQ(result.errors(), 0u);
  EXPECT_EQ(result.served, 4u);
}

TEST(Pipeline, KeepsNoMoreUnderWay) {
  const Served server([](Stream& peer) { return answer_by(peer, 5); });
  const LoadResult result = run(pipelined(server, 4));
  EXPECT_EQ(result.requests, 0u);
}

TEST(Pipeline, OfAnOpenLoopSendsWhatIsDueBeforeAnswersCome) {
  const Served server([](Stream& peer) { return answer_by(peer, 4); });
  Plan plan = pipelined(server, 8);
  plan.connections = 1;
  plan.open = at_rate(2000);
  plan.requests = 80;
  plan.window = Duration::max();
  const LoadResult result = run(plan);
  EXPECT_EQ(result.requests, 80u);
  EXPECT_EQ(result.due, 80u);
  EXPECT_EQ(result.response.count(), 80u);
  EXPECT_GE(result.response.max_ns(), 1'500'000);  // the first of four waits for the last
}

TEST(Pipeline, OfAnOpenLoopCountsEveryRequestThatWasDue) {
  const Served server([](Stream& peer) { return answer_each_after(peer, milliseconds(10)); });
  Plan plan = pipelined(server, 4);
  plan.open = at_rate(1000);
  const LoadResult result = run(plan);
  EXPECT_GT(result.requests, 0u);
  EXPECT_GT(result.queued, 0u);
  EXPECT_EQ(result.response.count(), result.due);
}

TEST(Pipeline, ServiceTimeIsEachRequestsOwn) {
  const Served server([](Stream& peer) { return answer_each_after(peer, milliseconds(5)); });
  Plan plan = pipelined(server, 4);
  plan.connections = 1;
  plan.requests = 40;
  plan.window = Duration::max();
  const LoadResult result = run(plan);
  EXPECT_EQ(result.requests, 40u);
  EXPECT_GE(result.service.mean_ns(), 15e6);  // three are before it
}

Task<> answer_ten_and_close(Stream& peer) {
  std::size_t left = 10;
  while (left > 0) {
    const Bytes requests = co_await peer.read();
    if (!requests) co_return;
    const std::size_t count = std::min(left, requests.size());
    co_await peer.write(std::string(count, '!'));
    left -= count;
  }
  peer.finish();
  while (const Bytes rest = co_await peer.read()) continue;
}

TEST(Pipeline, CountsAServerThatClosesOnce) {
  const Served server(answer_ten_and_close);
  Plan plan = pipelined(server, 4);
  plan.connections = 2;
  plan.requests = 1000;
  plan.window = Duration::max();
  const LoadResult result = run(plan);
  EXPECT_EQ(result.requests, 20u);
  EXPECT_EQ(result.protocol_errors, 2u);
  EXPECT_EQ(result.first_error, "the server closed the connection before it had answered");
}

Task<> answer_one_more(Stream& peer) {
  while (const Bytes requests = co_await peer.read()) {
    co_await peer.write(std::string(requests.size() + 1, '!'));
  }
}

TEST(Pipeline, FindsAnswersThatNobodyAskedFor) {
  const Served server(answer_one_more);
  Plan plan = pipelined(server, 4);
  plan.connections = 1;
  plan.window = Duration::max();
  const LoadResult result = run(plan);
  EXPECT_EQ(result.protocol_errors, 1u);
  EXPECT_EQ(result.first_error, "the server answered more than it was asked for");
}

/// Answers sixteen at a time, and counts how often.
Task<> answer_by_sixteen(Stream& peer, std::atomic<int>& answered) {
  std::size_t asked = 0;
  while (const Bytes requests = co_await peer.read()) {
    asked += requests.size();
    if (asked % 16 != 0) continue;
    ++answered;
    co_await peer.write(std::string(16, '!'));
  }
}

TEST(Pipeline, PersonaSendsSixteenAtOnce) {
  std::atomic<int> answered{0};
  const Served server([&answered](Stream& peer) { return answer_by_sixteen(peer, answered); });
  Plan plan = plan_for(server);  // whose own connections are never answered
  plan.connections = 1;
  plan.personas.pipeliners = 2;
  const LoadResult result = run(plan);
  EXPECT_EQ(result.requests, 0u);
  EXPECT_GT(answered, 2);
}

/// Of a server that writes what it has read before it reads on.
LoadResult load_of_large_requests(std::uint32_t depth) {
  constexpr std::size_t size = 32 * 1024 * 1024;  // more than all buffers between the two
  const Served server(framed::session);
  Plan plan = plan_for(server);
  plan.exchanges = framed::exchanges();
  plan.connections = 1;
  plan.pipeline = depth;
  plan.request_bytes = size;
  plan.requests = depth;
  plan.window = Duration::max();
  return run(plan);
}

TEST(Pipeline, LargeRequestsAreReadWhileTheyAreWritten) {
  for (const std::uint32_t depth : {1u, 2u}) {
    const LoadResult result = load_of_large_requests(depth);
    EXPECT_EQ(result.requests, depth);
    EXPECT_EQ(result.errors(), 0u) << result.first_error;
  }
}

TEST(SameAnswers, AreCountedHoweverTheyAreCut) {
  for (std::size_t step = 1; step < 10; ++step) {
    Answers answers = same_answers("abc");
    const std::string_view bytes = "abcabcabc";
    std::size_t ended = 0;
    for (std::size_t at = 0; at < bytes.size(); at += step)
      ended += answers(bytes.substr(at, step));
    EXPECT_EQ(ended, 3u) << step;
  }
}

TEST(SameAnswers, SayWhereOneIsWrong) {
  Answers answers = same_answers("abc");
  EXPECT_EQ(answers("abcab"), 1u);
  try {
    answers("bc");
    FAIL();
  } catch (const ProtocolError& error) {
    EXPECT_STREQ(error.what(), "the server sent a wrong byte, after 2 of 3 right bytes");
  }
}

}  // namespace
}  // namespace weir::load
