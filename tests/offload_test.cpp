// What sessions have done elsewhere, and how they reach each other, under each model.
#include <atomic>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
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
    co_await peer.io().offload(work);
    co_await peer.write(bytes);
  }
}

TEST_P(Offload, OutlivesTheClientsThatAskedForIt) {
  constexpr int clients = 100;
  const Shared<std::atomic<int>> done;
  Stop stop;
  Limits limits;
  limits.offload_threads = 2;
  Work work(stop, limits);
  work.session = [&](Stream& peer) { return works_for_a_peer(peer, *done); };
  work.listeners.emplace_back(Address::parse("127.0.0.1:0"), 128);
  const Address address = work.listeners.front().address();
  std::thread talk([&] {
    for (int i = 0; i < clients; ++i) {
      const Descriptor fd(::socket(AF_INET, SOCK_STREAM, 0));
      ASSERT_EQ(::connect(fd.get(), address.data(), address.size()), 0);
      ASSERT_EQ(::send(fd.get(), "x", 1, MSG_NOSIGNAL), 1);
      const linger at_once{1, 0};
      if (i % 2 == 0) ::setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    stop.request();
  });
  model_->serve(work);
  talk.join();
  EXPECT_LE(*done, clients);
  EXPECT_EQ(work.statistics.accepted, static_cast<std::uint64_t>(clients));
}

struct Times {
  Duration lasted{};
  std::array<char, 64> failure{};
};

Task<> offloads_past_its_deadline(Stream& peer, Times& times) {
  peer.deadline(milliseconds(1));
  const Time before = Clock::now();
  const auto work = [] { std::this_thread::sleep_for(milliseconds(30)); };
  co_await peer.io().offload(work);
  times.lasted = Clock::now() - before;
  const ReadResult read = co_await peer.read().result();
  if (read.error == std::errc::timed_out) times.failure[0] = 't';
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
  std::thread talk([&] {
    const Descriptor fd(::socket(AF_INET, SOCK_STREAM, 0));
    ASSERT_EQ(::connect(fd.get(), address.data(), address.size()), 0);
    std::this_thread::sleep_for(milliseconds(5));
    stop.request();
    char byte = 0;
    [[maybe_unused]] const ssize_t end = ::recv(fd.get(), &byte, 1, 0);
  });
  model_->serve(work);
  talk.join();
  EXPECT_GE(times->lasted, milliseconds(30));
}

// --- mailboxes

struct Room {
  std::atomic<Mailbox<int>*> mailbox{nullptr};
  std::atomic<int> received{0};
  std::atomic<bool> in_order{true};
  std::atomic<int> refused{0};
  std::atomic<bool> gone{false};
};

Task<> receives(Io& io, Room& room, int count) {
  Mailbox<int> mailbox(16);
  room.mailbox = &mailbox;
  for (int next = 0; next < count;) {
    const std::size_t first =
        co_await io.wait(posted(mailbox), until(io.now() + milliseconds(20000)));
    if (first != 0) break;
    while (const std::optional<int> message = mailbox.take()) {
      if (*message != next++) room.in_order = false;
      ++room.received;
    }
  }
  room.mailbox = nullptr;
}

Task<> sends(Io& io, Room& room, int count) {
  while (room.mailbox == nullptr) co_await io.sleep(milliseconds(1));
  for (int i = 0; i < count;) {
    if (room.mailbox.load()->post(i)) {
      ++i;
    } else {
      ++room.refused;
      co_await io.sleep(Duration(0));
    }
  }
}

TEST_P(Offload, AMailboxGivesEverythingThatWasTakenInOrder) {
  if (!shares_memory()) GTEST_SKIP() << "its sessions share no memory, or wait for each other";
  constexpr int count = 5'000;
  Room room;
  run({[&](Io& io) { return receives(io, room, count); },
       [&](Io& io) { return sends(io, room, count); }});
  EXPECT_EQ(room.received, count);
  EXPECT_TRUE(room.in_order);
}

TEST_P(Offload, AMailboxIsPostedToFromAnyThread) {
  if (!shares_memory()) GTEST_SKIP() << "its sessions share no memory, or wait for each other";
  constexpr int count = 5'000;
  Room room;
  std::thread poster([&] {
    while (room.mailbox == nullptr) std::this_thread::yield();
    for (int i = 0; i < count;) {
      if (room.mailbox.load()->post(i))
        ++i;
      else
        std::this_thread::yield();
    }
  });
  run({[&](Io& io) { return receives(io, room, count); }});
  poster.join();
  EXPECT_EQ(room.received, count);
  EXPECT_TRUE(room.in_order);
}

Task<> posts_to_itself(Io& io, std::array<std::size_t, 4>& first, std::array<bool, 3>& taken) {
  Mailbox<std::string> one(2);
  Mailbox<int> other(1);
  const Time soon = io.now() + milliseconds(5);
  const std::size_t nothing = co_await io.wait(posted(one), posted(other), until(soon));
  first[0] = nothing;
  taken[0] = other.post(7);
  taken[1] = other.post(8);  // it is full
  const std::size_t second = co_await io.wait(posted(one), posted(other));
  first[1] = second;
  taken[2] = one.post("hello");
  const std::size_t both = co_await io.wait(posted(one), posted(other));
  first[2] = both;
  other.take();
  one.take();
  const std::size_t none = co_await io.wait(posted(one), posted(other), until(io.now()));
  first[3] = none;
}

TEST_P(Offload, AWaitTellsWhichMailboxWasPostedTo) {
  const Shared<std::array<std::size_t, 4>> first;
  const Shared<std::array<bool, 3>> taken;
  run({[&](Io& io) { return posts_to_itself(io, *first, *taken); }});
  EXPECT_EQ(*first, (std::array<std::size_t, 4>{2, 1, 0, 2}));
  EXPECT_EQ(*taken, (std::array<bool, 3>{true, false, true}));
}

/// Waits for a mailbox that is often posted to just as the time is over, or the stream readable.
Task<> gives_up_waiting(Io& io, Room& room, int times) {
  for (int i = 0; i < times; ++i) {
    Mailbox<int> mailbox(4);
    room.mailbox = &mailbox;
    co_await io.wait(posted(mailbox), until(io.now() + std::chrono::microseconds(100)));
    while (room.mailbox.exchange(nullptr) == nullptr) co_await io.sleep(Duration(0));
    if (mailbox.take()) ++room.received;
  }
  room.gone = true;
}

TEST_P(Offload, AMailboxMayEndAfterAWaitThatEndedOtherwise) {
  if (!shares_memory()) GTEST_SKIP() << "its sessions share no memory, or wait for each other";
  Room room;
  std::thread poster([&] {
    while (!room.gone) {
      // Whoever has the pointer may post; the session waits until it is put back.
      Mailbox<int>* mailbox = room.mailbox.exchange(nullptr);
      if (mailbox == nullptr) continue;
      [[maybe_unused]] const bool posted_ = mailbox->post(1);
      room.mailbox = mailbox;
      std::this_thread::yield();
    }
  });
  run({[&](Io& io) { return gives_up_waiting(io, room, 300); }});
  poster.join();
  EXPECT_LE(room.received, 300);
}

Task<> waits_for_ever(Io& io, std::array<char, 8>& why) {
  Mailbox<int> mailbox(1);
  try {
    co_await io.wait(posted(mailbox));
  } catch (const StreamError& error) {
    why[0] = error.kind() == FailureKind::forced ? 'f' : 'o';
  }
}

TEST_P(Offload, AWaitForAMailboxIsForcedToEnd) {
  const Shared<std::array<char, 8>> why;
  Stop stop;
  Limits limits;
  limits.drain_timeout = milliseconds(5);
  Work work(stop, limits);
  work.begin_with.push_back([&](Io& io) { return waits_for_ever(io, *why); });
  if (GetParam().name == "iterative") GTEST_SKIP() << "ends by the signal handler only";
  std::thread ends([&] { stop.request(); });
  model_->serve(work);
  ends.join();
  EXPECT_EQ((*why)[0], 'f');
}

INSTANTIATE_TEST_SUITE_P(Under, Offload, testing::ValuesIn(model_cases()), case_name);

}  // namespace
}  // namespace weir
