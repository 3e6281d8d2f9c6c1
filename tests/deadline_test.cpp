// Time runs out alike for whatever a session waits for, under each model.
#include <array>
#include <functional>
#include <string>
#include <sys/socket.h>
#include <system_error>
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

constexpr Duration patience = milliseconds(10);

/// A listener that nobody accepts from. With its queue full, the kernel answers nobody any more:
/// listen(2), tcp_max_syn_backlog.
class Silent {
 public:
  Address address() const { return listener_.address(); }
  void fill() {
    for (int i = 0; i < 4; ++i) {
      Descriptor& fd = queued_.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
      const Address to = address();
      ::connect(fd.get(), to.data(), to.size());
    }
  }

 private:
  Listener listener_{Address::parse("127.0.0.1:0"), 0};
  std::vector<Descriptor> queued_;
};

class TimeRunsOut : public UnderAModel {
 protected:
  /// What `session` notes in `error`.
  std::error_code outcome(const std::function<Task<>(Io&, Address, std::error_code&)>& session,
                          Address address, Duration write_timeout = patience) {
    const Shared<std::error_code> error;
    Stop stop;
    Limits limits;
    limits.write_timeout = write_timeout;
    Work work(stop, limits);
    work.begin_with.push_back([&](Io& io) { return session(io, address, *error); });
    model_->serve(work);
    return *error;
  }

  Silent silent_;
};

Task<> reads(Io& io, Address address, std::error_code& error) {
  const Connected connected = co_await io.connect(address);
  connected.stream->deadline(patience);
  const ReadResult read = co_await connected.stream->read().result();
  error = read.error;
}

TEST_P(TimeRunsOut, ForARead) {
  EXPECT_EQ(outcome(reads, silent_.address()), std::errc::timed_out);
}

Task<> writes(Io& io, Address address, std::error_code& error) {
  const Connected connected = co_await io.connect(address);
  const std::string much(64 << 20, 'x');  // more than any socket takes
  try {
    co_await connected.stream->write(much);
  } catch (const StreamError& failure) {
    error = failure.code();
  }
}

TEST_P(TimeRunsOut, ForAWrite) {
  EXPECT_EQ(outcome(writes, silent_.address()), std::errc::timed_out);
}

Task<> writes_to_a_slow_reader(Io& io, Address address, Duration& lasted, std::error_code& error) {
  const Connected connected = co_await io.connect(address);
  const std::string much(24'000'000, 'x');  // more than twice what the sockets hold
  const Time begun_at = Clock::now();
  try {
    co_await connected.stream->write(much);
  } catch (const StreamError& failure) {
    error = failure.code();
  }
  lasted = Clock::now() - begun_at;
}

// The write timeout is one without progress, not one for the whole write.
TEST_P(TimeRunsOut, ForNoWriteThatGoesOn) {
  constexpr Duration timeout = milliseconds(300);
  const Shared<Duration> lasted;
  std::error_code error;
  {
    Server server([](int fd) {
      std::vector<char> room(400'000);
      while (::recv(fd, room.data(), room.size(), 0) > 0) ::usleep(15'000);  // a slow reader
    });
    const auto session = [&](Io& io, Address address, std::error_code& failure) {
      return writes_to_a_slow_reader(io, address, *lasted, failure);
    };
    error = outcome(session, server.address(), timeout);
  }
  EXPECT_FALSE(error) << error.message();
  EXPECT_GT(*lasted, timeout);
}

Task<> waits(Io& io, Address address, std::error_code& error) {
  const Connected connected = co_await io.connect(address);
  Mailbox<int> mailbox(1);
  connected.stream->deadline(patience);
  try {
    co_await io.wait(readable(*connected.stream), posted(mailbox));
  } catch (const StreamError& failure) {
    error = failure.code();
  }
}

TEST_P(TimeRunsOut, ForAWait) {
  EXPECT_EQ(outcome(waits, silent_.address()), std::errc::timed_out);
}

Task<> connects_somewhere(Io& io, Address address, std::error_code& error) {
  const Connected connected = co_await io.connect(address, patience);
  error = connected.error;
}

TEST_P(TimeRunsOut, ForAConnect) {
  silent_.fill();
  EXPECT_EQ(outcome(connects_somewhere, silent_.address()), std::errc::timed_out);
}

INSTANTIATE_TEST_SUITE_P(Under, TimeRunsOut, testing::ValuesIn(model_cases()), case_name);

}  // namespace
}  // namespace weir
