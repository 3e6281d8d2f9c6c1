// What a test of one's own gets from the simulator: repeatable runs, and the bugs that it finds.

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>
#include <weir/mailbox.hpp>
#include <weir/sim.hpp>

#include "framed/codec.hpp"
#include "framed/session.hpp"

namespace weir::test {
namespace {

std::vector<std::string> trace_of(std::uint64_t seed) {
  std::vector<std::string> lines;
  const auto keep = [&lines](std::string_view line) { lines.emplace_back(line); };
  simulate(framed::service(), {.first_seed = seed, .seeds = 1, .trace = keep});
  return lines;
}

TEST(Simulate, GivesEqualTracesForEqualSeeds) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const std::vector<std::string> first = trace_of(seed);
    EXPECT_FALSE(first.empty());
    EXPECT_EQ(first, trace_of(seed)) << "seed " << seed;
  }
  const SimOptions options{.seeds = 200};
  EXPECT_EQ(simulate(framed::service(), options).hash, simulate(framed::service(), options).hash);
}

TEST(Simulate, GivesOtherTracesForOtherSeeds) {
  EXPECT_NE(trace_of(1), trace_of(2));
  const SimResult result = simulate(framed::service(), {.seeds = 200});
  EXPECT_GE(result.different, 190u);
}

TEST(Simulate, FindsNothingInASessionThatIsRight) {
  const SimResult result = simulate(framed::service(), {.seeds = 500});
  EXPECT_TRUE(result.ok()) << result.failures.front().seed << result.failures.front().what;
  EXPECT_EQ(result.seeds, 500u);
  EXPECT_GT(result.ops, 10'000u);
}

TEST(Simulate, NeedsClients) {
  EXPECT_THROW(simulate({.name = "mute", .session = framed::session}), std::invalid_argument);
}

/// Answers as framed does, out of a file.
Task<> answers_from_a_file(Stream& peer) {
  co_await peer.write("*");
  framed::Codec codec;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), std::fclose);
  while (Bytes bytes = co_await peer.read()) {
    const std::string answer(codec.transform(bytes));
    const int fd = ::fileno(file.get());
    if (::pwrite(fd, answer.data(), answer.size(), 7) != static_cast<ssize_t>(answer.size())) {
      throw std::runtime_error("the file can't be written");
    }
    const std::size_t sent = co_await peer.send_file("", fd, 7, answer.size());
    if (sent != answer.size()) throw std::runtime_error("the file was cut");
  }
}

/// framed's clients, with another session.
SimResult simulate_framed(Task<> (*session)(Stream&)) {
  Service service = framed::service();
  service.session = session;
  return simulate(service, {.seeds = 500, .ops_max = 100'000});
}

TEST(Simulate, HasFiles) {
  const SimResult result = simulate_framed(answers_from_a_file);
  EXPECT_TRUE(result.ok()) << result.failures.front().seed << result.failures.front().what;
}

Task<> forgets_at_a_split(Stream& peer) {
  co_await peer.write("*");
  while (Bytes bytes = co_await peer.read()) {
    framed::Codec codec;  // should outlive the piece
    co_await peer.write(codec.transform(bytes));
  }
}

Task<> forgets_what_it_has_when_the_peer_finishes(Stream& peer) {
  co_await peer.write("*");
  framed::Codec codec;
  std::string answer;
  while (Bytes bytes = co_await peer.read()) {
    answer += codec.transform(bytes);
    const Time soon = peer.io().now() + std::chrono::microseconds(500);
    const std::size_t first = co_await peer.io().wait(readable(peer), until(soon));
    if (first == 0) continue;  // more comes, to be answered along with it; or the end
    co_await peer.write(answer);
    answer.clear();
  }
}

Task<> waits_for_nobody(Stream& peer) {
  co_await peer.write("*");
  framed::Codec codec;
  Mailbox<int> mailbox(1);
  for (int reads = 0;; ++reads) {
    Bytes bytes = co_await peer.read();
    if (bytes.empty()) co_return;
    if (reads == 4) co_await peer.io().wait(posted(mailbox));
    co_await peer.write(codec.transform(bytes));
  }
}

Task<> never_sees_the_end(Stream& peer) {
  co_await peer.write("*");
  framed::Codec codec;
  for (;;) {
    const Bytes bytes = co_await peer.read();
    if (!bytes.empty()) co_await peer.write(codec.transform(bytes));
  }
}

Task<> throws_something_else(Stream& peer) {
  co_await peer.write("*");
  framed::Codec codec;
  while (Bytes bytes = co_await peer.read()) {
    if (bytes.size() == 5) throw std::logic_error("five");
    co_await peer.write(codec.transform(bytes));
  }
}

Task<> writes_what_the_peer_has_no_room_for_once(Stream& peer) {
  co_await peer.write("*");
  framed::Codec codec;
  while (Bytes bytes = co_await peer.read()) peer.write_some(codec.transform(bytes));
}

void expect_found(const SimResult& result, const std::string& words) {
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.failures.front().what.find(words), std::string::npos)
      << result.failures.front().what;
}

TEST(Simulate, FindsStateThatIsForgottenAtASplit) {
  EXPECT_FALSE(simulate_framed(forgets_at_a_split).ok());
}

TEST(Simulate, FindsAnAnswerThatAHalfCloseSwallows) {
  expect_found(simulate_framed(forgets_what_it_has_when_the_peer_finishes),
               "closed the connection");
}

TEST(Simulate, FindsASessionThatHangs) {
  expect_found(simulate_framed(waits_for_nobody), "nothing can happen any more");
}

TEST(Simulate, FindsASessionThatGoesOnForEver) {
  expect_found(simulate_framed(never_sees_the_end), "more than 100000 ops");
}

TEST(Simulate, FindsAnExceptionThatIsNoStreams) {
  expect_found(simulate_framed(throws_something_else), "five");
}

TEST(Simulate, FindsBytesThatAFullBufferDrops) {
  EXPECT_FALSE(simulate_framed(writes_what_the_peer_has_no_room_for_once).ok());
}

TEST(Simulate, FindsABugAgainByItsSeed) {
  Service service = framed::service();
  service.session = forgets_at_a_split;
  const SimResult found = simulate(service, {.seeds = 500});
  ASSERT_FALSE(found.ok());
  const SimFailure& failure = found.failures.front();
  const SimResult again = simulate(service, {.first_seed = failure.seed, .seeds = 1});
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.failures.front().what, failure.what);
}

}  // namespace
}  // namespace weir::test
