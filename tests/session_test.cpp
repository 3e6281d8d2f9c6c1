// What a session can ask for, under each model, over real sockets: the other end of each stream is
// a plain socket of the test. What sessions find out they write to shared memory: under fork they run
// in processes of their own.
#include <array>
#include <atomic>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
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

class ASession : public UnderAModel {
 protected:
  /// Serves what `work` holds, until it is over.
  void serve(Work& work) { model_->serve(work); }

  /// Runs one session without a listener.
  void run(Work::FreeSession session) {
    Stop stop;
    Work work(stop, Limits{});
    work.begin_with.push_back(std::move(session));
    serve(work);
  }
};

Task<> sleeps(Io& io, Duration& slept) {
  const Time before = Clock::now();
  co_await io.sleep(milliseconds(5));
  slept = Clock::now() - before;
}

TEST_P(ASession, SleepsAtLeastAsLongAsAsked) {
  const Shared<Duration> slept;
  run([&](Io& io) { return sleeps(io, *slept); });
  EXPECT_GE(*slept, milliseconds(5));
}

Task<> connects(Io& io, Address address, std::error_code& error) {
  const Connected connected = co_await io.connect(address, milliseconds(2000));
  error = connected.error;
}

TEST_P(ASession, LearnsByValueThatAConnectionIsRefused) {
  Listener closed(Address::parse("127.0.0.1:0"), 1);
  const Address nobody = closed.address();
  closed.close();
  const Shared<std::error_code> error;
  run([&](Io& io) { return connects(io, nobody, *error); });
  EXPECT_EQ(*error, std::errc::connection_refused);
}

Task<> waits(Io& io, Address address, Seen& seen) {
  const Connected server = co_await io.connect(address);
  Stream& stream = *server.stream;
  // Nothing to be read yet: the time comes first.
  const std::size_t first = co_await io.wait(readable(stream), until(io.now() + milliseconds(5)));
  seen.ready[0] = first;
  // It can be written to at once.
  const std::size_t second = co_await io.wait(readable(stream), writable(stream));
  seen.ready[1] = second;
  // The answer to what is written makes it readable.
  co_await stream.write("ping");
  const std::size_t third = co_await io.wait(until(never), readable(stream));
  seen.ready[2] = third;
  const Bytes bytes = co_await stream.read();
  seen.note(bytes);
  // And so does the peer's end.
  const std::size_t fourth = co_await io.wait(readable(stream));
  seen.ready[3] = fourth;
  const Bytes end = co_await stream.read();
  if (end) seen.note("no end");
}

TEST_P(ASession, WaitsForTheFirstOfSeveralSources) {
  Server server([](int fd) {
    char ping[4];
    ::recv(fd, ping, 4, MSG_WAITALL);
    ::send(fd, "pong", 4, MSG_NOSIGNAL);
  });
  const Shared<Seen> seen;
  run([&](Io& io) { return waits(io, server.address(), *seen); });
  EXPECT_EQ(seen->ready, (std::array<std::size_t, 4>{1, 1, 1, 0}));
  EXPECT_STREQ(seen->text.data(), "pong");
}

Task<> waits_when_time_is_nearly_up(Io& io, Address address, Seen& seen) {
  const Connected server = co_await io.connect(address);
  Stream& stream = *server.stream;
  try {
    for (int i = 0; i < 2'000; ++i) {
      const Time soon = Clock::now() + std::chrono::nanoseconds(50 * i);
      const std::size_t first = co_await io.wait(writable(stream), readable(stream), until(soon));
      ++seen.ready[first];
    }
  } catch (const StreamError& error) {
    seen.error = error.code();
  }
}

TEST_P(ASession, IsToldOfItsTimeOrOfTheStreamWhicheverIsFirst) {
  Server server([](int fd) {
    char end = 0;
    ::recv(fd, &end, 1, 0);
  });
  const Shared<Seen> seen;
  run([&](Io& io) { return waits_when_time_is_nearly_up(io, server.address(), *seen); });
  EXPECT_EQ(seen->error, std::error_code()) << seen->error.message();
  EXPECT_EQ(seen->ready[1], 0u);
  EXPECT_EQ(seen->ready[0] + seen->ready[2], 2'000u);
}

/// The second stream is ready first; the other is then read without a wait, and waited for again.
Task<> waits_again_after_a_read(Io& io, Address asked, Address greeting, Seen& seen) {
  const Connected other = co_await io.connect(asked);
  const Connected greets = co_await io.connect(greeting);
  const std::size_t first = co_await io.wait(readable(*other.stream), readable(*greets.stream));
  seen.ready[0] = first;
  co_await other.stream->write("ping");
  const Bytes answer = co_await other.stream->read();
  seen.note(answer);
  const std::size_t second =
      co_await io.wait(readable(*other.stream), until(io.now() + milliseconds(20)));
  seen.ready[1] = second;
}

TEST_P(ASession, IsNotToldOfWhatItHasReadSince) {
  Server asked([](int fd) {
    char ping[5];
    ::recv(fd, ping, 4, MSG_WAITALL);
    ::send(fd, "pong", 4, MSG_NOSIGNAL);
    ::recv(fd, ping, 5, MSG_WAITALL);  // until the session leaves
  });
  Server greeting([](int fd) {
    ::send(fd, "*", 1, MSG_NOSIGNAL);
    char end = 0;
    ::recv(fd, &end, 1, 0);
  });
  const Shared<Seen> seen;
  run([&](Io& io) {
    return waits_again_after_a_read(io, asked.address(), greeting.address(), *seen);
  });
  EXPECT_EQ(seen->ready, (std::array<std::size_t, 4>{1, 1, 0, 0}));
  EXPECT_STREQ(seen->text.data(), "pong");
}

Task<> reads_late(Io& io, Address address, Seen& seen) {
  const Connected server = co_await io.connect(address);
  Stream& stream = *server.stream;
  stream.deadline(milliseconds(10));
  const ReadResult late = co_await stream.read().result();
  seen.error = late.error;
  co_await stream.write("408");  // after a late read it may still write
  stream.no_deadline();
  const Bytes bytes = co_await stream.read();
  seen.note(bytes);
}

TEST_P(ASession, IsToldOfADeadlineAndMayStillAnswer) {
  Server server([](int fd) {
    char code[3];
    ::recv(fd, code, 3, MSG_WAITALL);
    ::send(fd, code, 3, MSG_NOSIGNAL);
  });
  const Shared<Seen> seen;
  run([&](Io& io) { return reads_late(io, server.address(), *seen); });
  EXPECT_EQ(seen->error, std::errc::timed_out);
  EXPECT_STREQ(seen->text.data(), "408");
}

Task<> waits_late(Io& io, Address address, Seen& seen) {
  const Connected server = co_await io.connect(address);
  server.stream->deadline(milliseconds(10));
  try {
    co_await io.wait(readable(*server.stream));
  } catch (const StreamError& error) {
    seen.error = error.code();
  }
  co_await server.stream->write("x");
}

TEST_P(ASession, WaitsNoLongerThanTheStreamsDeadline) {
  Server server([](int fd) {
    char end;
    ::recv(fd, &end, 1, MSG_WAITALL);
  });
  const Shared<Seen> seen;
  run([&](Io& io) { return waits_late(io, server.address(), *seen); });
  EXPECT_EQ(seen->error, std::errc::timed_out);
}

Task<> writes_parts(Io& io, Address address, std::string_view large, bool& ended) {
  const Connected server = co_await io.connect(address);
  co_await server.stream->write("", "head", "", large, "tail");
  co_await server.stream->write("");
  server.stream->finish();
  const Bytes end = co_await server.stream->read();
  ended = end.empty();
}

TEST_P(ASession, WritesSeveralPartsAsOneHoweverTheKernelTakesThem) {
  const std::string large(8'000'000, 'x');
  const Shared<bool> ended;
  std::string received;
  {
    Server server([&received](int fd) {
      std::vector<char> room(100'000);
      for (ssize_t count; (count = ::recv(fd, room.data(), room.size(), 0)) > 0;) {
        received.append(room.data(), static_cast<std::size_t>(count));
      }
    });
    run([&](Io& io) { return writes_parts(io, server.address(), large, *ended); });
  }
  EXPECT_EQ(received, "head" + large + "tail");
  EXPECT_TRUE(*ended);
}

Task<> never_ends(Io& io, std::atomic<bool>& begun, std::error_code& error) {
  begun = true;
  try {
    co_await io.sleep(std::chrono::hours(1));
  } catch (const StreamError& failure) {
    error = failure.code();
  }
}

TEST_P(ASession, IsCancelledWhenTheEndIsForced) {
  Stop stop;
  Limits limits;
  limits.drain_timeout = milliseconds(1);
  Work work(stop, limits);
  const Shared<std::atomic<bool>> begun;
  const Shared<std::error_code> error;
  work.begin_with.push_back([&](Io& io) { return never_ends(io, *begun, *error); });
  stop.on_signals();
  const ForcesTheEnd asker([&] { return begun->load(); });
  serve(work);
  EXPECT_EQ(*error, std::errc::operation_canceled);
}

Task<> sleeps_for_no_time(Io& io, const bool& other_is_done) {
  while (!other_is_done) co_await io.sleep(Duration(0));
}

Task<> sleeps_a_little(Io& io, bool& done) {
  co_await io.sleep(milliseconds(5));
  done = true;
}

// Under iterative the sessions run one after the other, so the one that ends by itself comes first.
TEST_P(ASession, ThatSleepsForNoTimeLetsTheOthersGoOn) {
  Stop stop;
  Work work(stop, Limits{});
  const Shared<bool> done;
  if (GetParam().name == "thread" || GetParam().name == "pool" || GetParam().name == "fork")
    GTEST_SKIP() << "the kernel's business there";
  work.begin_with.push_back([&](Io& io) { return sleeps_a_little(io, *done); });
  work.begin_with.push_back([&](Io& io) { return sleeps_for_no_time(io, *done); });
  serve(work);
  EXPECT_TRUE(*done);
}

Task<> throws_a_number(Io& io) {
  co_await io.sleep(milliseconds(1));
  throw 42;
}

TEST_P(ASession, ThatThrowsAnythingIsCountedAndEndsNobodyElse) {
  Stop stop;
  Work work(stop, Limits{});
  const Shared<Duration> slept;
  work.begin_with.push_back([](Io& io) { return throws_a_number(io); });
  work.begin_with.push_back([](Io&) -> Task<> { throw std::runtime_error("before it began"); });
  work.begin_with.push_back([&](Io& io) { return sleeps(io, *slept); });
  serve(work);
  EXPECT_EQ(work.statistics.of(FailureKind::other), 2u);
  EXPECT_EQ(work.statistics.finished, 1u);
  EXPECT_GE(*slept, milliseconds(5));
}

INSTANTIATE_TEST_SUITE_P(Under, ASession, testing::ValuesIn(model_cases()), case_name);

}  // namespace
}  // namespace weir
