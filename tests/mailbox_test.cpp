// How sessions reach each other, under each model.
#include <array>
#include <atomic>
#include <optional>
#include <sched.h>
#include <signal.h>
#include <string>
#include <system_error>
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

class AMailbox : public UnderAModel {
 protected:
  void run(std::vector<Work::FreeSession> sessions) {
    Stop stop;
    Work work(stop, Limits{});
    work.begin_with = std::move(sessions);
    model_->serve(work);
  }
  /// Its sessions run side by side in one process.
  bool shares_memory() const { return GetParam().name != "fork" && GetParam().name != "iterative"; }
};

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

TEST_P(AMailbox, GivesEverythingThatWasTakenInOrder) {
  if (!shares_memory()) GTEST_SKIP() << "its sessions share no memory, or wait for each other";
  constexpr int count = 5'000;
  Room room;
  run({[&](Io& io) { return receives(io, room, count); },
       [&](Io& io) { return sends(io, room, count); }});
  EXPECT_EQ(room.received, count);
  EXPECT_TRUE(room.in_order);
}

TEST_P(AMailbox, IsPostedToFromAnyThread) {
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

TEST_P(AMailbox, IsToldApartFromOthers) {
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

TEST_P(AMailbox, MayEndAfterAWaitThatEndedOtherwise) {
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

struct Ending {
  std::atomic<bool> begun{false};
  std::error_code error;
};

Task<> waits_for_ever(Io& io, Ending& ending) {
  Mailbox<int> mailbox(1);
  ending.begun = true;
  try {
    // With a time to look at: else ThreadSanitizer keeps the signal from who waits in pselect(2).
    co_await io.wait(posted(mailbox), until(io.now() + std::chrono::hours(1)));
  } catch (const StreamError& error) {
    ending.error = error.code();
  }
}

TEST_P(AMailbox, IsNoLongerWaitedForWhenTheEndIsForced) {
  const Shared<Ending> ending;
  Stop stop;
  Limits limits;
  limits.drain_timeout = milliseconds(5);
  Work work(stop, limits);
  work.begin_with.push_back([&](Io& io) { return waits_for_ever(io, *ending); });
  stop.on_signals();
  const ForcesTheEnd asker([&] { return ending->begun.load(); });
  model_->serve(work);
  EXPECT_EQ(ending->error, std::errc::operation_canceled);
}

INSTANTIATE_TEST_SUITE_P(Under, AMailbox, testing::ValuesIn(model_cases()), case_name);

}  // namespace
}  // namespace weir
