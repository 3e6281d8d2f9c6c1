// What sessions have done elsewhere, under each model.
#include <array>
#include <atomic>
#include <set>
#include <signal.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>
#include <weir/weir.hpp>

#include "core/shared.hpp"
#include "core/work.hpp"
#include "model_cases.hpp"
#include "session_peer.hpp"

namespace weir {
namespace {

using std::chrono::milliseconds;

class Offload : public UnderAModel {
 protected:
  void run(std::vector<Work::FreeSession> sessions, Limits limits = {}) {
    Stop stop;
    Work work(stop, limits);
    work.begin_with = std::move(sessions);
    model_->serve(work);
  }
  bool has_loop() const {
    static const std::set<std::string> blocking{"iterative", "fork", "thread", "pool"};
    return !blocking.contains(GetParam().name);
  }
  /// Its sessions run side by side in one process.
  bool shares_memory() const { return GetParam().name != "fork" && GetParam().name != "iterative"; }
};

struct Found {
  int result = 0;
  bool elsewhere = false;
  bool same_thread_after = false;
  std::array<char, 64> failure{};
};

int twice(int number, std::thread::id session, Found& found) {
  found.elsewhere = std::this_thread::get_id() != session;
  if (number < 0) throw std::invalid_argument("less than nothing");
  return 2 * number;
}

Task<> offloads(Io& io, Found& found) {
  const std::thread::id own = std::this_thread::get_id();
  const auto work = [own, &found] { return twice(21, own, found); };
  const int result = co_await io.offload(work);
  found.result = result;
  found.same_thread_after = std::this_thread::get_id() == own;
  const auto failing = [own, &found] { return twice(-1, own, found); };
  try {
    co_await io.offload(failing);
  } catch (const std::invalid_argument& error) {
    std::string_view(error.what()).copy(found.failure.data(), found.failure.size() - 1);
  }
  const auto nothing = [] {};
  co_await io.offload(nothing);
}

TEST_P(Offload, GivesWhatTheWorkReturnsOrThrowsOnTheSessionsOwnThread) {
  const Shared<Found> found;
  run({[&](Io& io) { return offloads(io, *found); }});
  EXPECT_EQ(found->result, 42);
  EXPECT_EQ(found->elsewhere, has_loop());
  EXPECT_TRUE(found->same_thread_after);
  EXPECT_STREQ(found->failure.data(), "less than nothing");
}

TEST_P(Offload, InlineIsDoneByTheLoopItself) {
  const Shared<Found> found;
  Limits limits;
  limits.offload_threads = 0;
  run({[&](Io& io) { return offloads(io, *found); }}, limits);
  EXPECT_EQ(found->result, 42);
  EXPECT_FALSE(found->elsewhere);
}

Task<> offloads_often(Io& io, std::atomic<std::uint64_t>& sum, int times) {
  for (int i = 0; i < times; ++i) {
    const auto work = [i] { return i; };
    const int result = co_await io.offload(work);
    sum += static_cast<std::uint64_t>(result);
  }
}

TEST_P(Offload, TwentyThousandJobsOfAHundredSessionsAreEachDoneOnce) {
  constexpr int sessions = 100;
  constexpr int times = 200;
  const Shared<std::atomic<std::uint64_t>> sum;
  std::vector<Work::FreeSession> all;
  for (int i = 0; i < sessions; ++i) {
    all.push_back([&](Io& io) { return offloads_often(io, *sum, times); });
  }
  run(std::move(all));
  EXPECT_EQ(*sum, std::uint64_t{sessions} * times * (times - 1) / 2);
}

/// A session whose work goes on while its client has long gone.
Task<> works_for_a_peer(Stream& peer, std::atomic<int>& done) {
  while (Bytes bytes = co_await peer.read()) {
    const auto work = [&done] {
      std::this_thread::yield();
      ++done;
    };
    for (std::size_t i = 0; i < bytes.size(); ++i) co_await peer.io().offload(work);
    co_await peer.write(bytes);
  }
}

TEST_P(Offload, OutlivesTheClientsThatAskedForIt) {
  constexpr int clients = 100;
  const std::string asked(200, 'x');  // a job for each byte
  const Shared<std::atomic<int>> done;
  Stop stop;
  Limits limits;
  limits.offload_threads = 2;
  Work work(stop, limits);
  work.session = [&](Stream& peer) { return works_for_a_peer(peer, *done); };
  work.listeners.emplace_back(Address::parse("127.0.0.1:0"), 128);
  const Address address = work.listeners.front().address();
  stop.on_signals();
  const Beside talk([&] {
    for (int i = 0; i < clients; ++i) {
      const Descriptor fd(::socket(AF_INET, SOCK_STREAM, 0));
      ::connect(fd.get(), address.data(), address.size());
      ::send(fd.get(), asked.data(), asked.size(), MSG_NOSIGNAL);
      const linger at_once{1, 0};
      if (i % 2 == 0) ::setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    ::kill(::getppid(), SIGTERM);
  });
  model_->serve(work);
  EXPECT_LE(*done, clients * 200);
  EXPECT_EQ(work.statistics.accepted, static_cast<std::uint64_t>(clients));
}

struct Times {
  std::atomic<bool> begun{false};
  Duration lasted{};
};

Task<> offloads_past_its_deadline(Stream& peer, Times& times) {
  peer.deadline(milliseconds(1));
  const Time before = Clock::now();
  const auto work = [&times] {
    times.begun = true;
    std::this_thread::sleep_for(milliseconds(30));
  };
  co_await peer.io().offload(work);
  times.lasted = Clock::now() - before;
}

TEST_P(Offload, IsNotInterruptedByADeadlineNorByAForcedEnd) {
  const Shared<Times> times;
  Stop stop;
  Limits limits;
  limits.drain_timeout = milliseconds(1);
  Work work(stop, limits);
  work.session = [&](Stream& peer) { return offloads_past_its_deadline(peer, *times); };
  work.listeners.emplace_back(Address::parse("127.0.0.1:0"), 128);
  const Address address = work.listeners.front().address();
  stop.on_signals();
  const Beside talk([&] {
    const Descriptor fd(::socket(AF_INET, SOCK_STREAM, 0));
    ::connect(fd.get(), address.data(), address.size());
    while (!times->begun) sched_yield();
    ::kill(::getppid(), SIGTERM);
    ::kill(::getppid(), SIGALRM);  // the grace is over at once
    char byte = 0;
    [[maybe_unused]] const ssize_t end = ::recv(fd.get(), &byte, 1, 0);
  });
  model_->serve(work);
  EXPECT_GE(times->lasted, milliseconds(30));
}

INSTANTIATE_TEST_SUITE_P(Under, Offload, testing::ValuesIn(model_cases()), case_name);

}  // namespace
}  // namespace weir
