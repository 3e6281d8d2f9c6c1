// A loop fetches reports of several sockets at once. The session that is resumed by the first may
// read what the second one tells of, before the loop comes to it.
#include <functional>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>
#include <weir/weir.hpp>

#include "core/loans.hpp"
#include "core/shared.hpp"
#include "core/work.hpp"
#include "model_cases.hpp"

namespace weir {
namespace {

using std::chrono::milliseconds;

/// Under fork the session that writes it runs in a process of its own.
struct Heard {
  int in_time = 0;
};

class AReport : public UnderAModel {};

/// Blocks the whole thread until `count` bytes have arrived.
void until_arrived(const Stream& stream, std::size_t count) {
  std::vector<char> room(count);
  while (::recv(stream.record.fd, room.data(), count, MSG_PEEK) < static_cast<ssize_t>(count))
    continue;
}

/// When both streams have something and the loop has fetched both reports, reads both at the first:
/// the other's report is old then.
Task<> reads_both_at_once(Stream& one, Stream& other, Heard& seen) {
  co_await other.write("full");
  until_arrived(other, Loans::size_bytes);
  const Bytes full = co_await other.read();  // it may have more
  EXPECT_EQ(full.size(), Loans::size_bytes);
  co_await one.write("both");
  co_await other.write("both");
  until_arrived(one, 1);
  until_arrived(other, 1);
  co_await one.io().wait(readable(one));
  co_await other.read();
  const Time soon = one.io().now() + milliseconds(5);
  const std::size_t first = co_await one.io().wait(readable(other), until(soon));
  if (first == 1) ++seen.in_time;
  co_await one.read();
}

Task<> reads_both(Io& io, Address address, Heard& seen) {
  const Connected a = co_await io.connect(address);
  const Connected b = co_await io.connect(address);
  co_await reads_both_at_once(*a.stream, *b.stream, seen);
  co_await reads_both_at_once(*b.stream, *a.stream, seen);
}

TEST_P(AReport, IsNotTrustedWhenTheStreamWasReadMeanwhile) {
  Listener listener(Address::parse("unix:/tmp/weir_both_" + std::to_string(::getpid())), 16);
  const auto answer = [&listener] {
    Listener::Accepted peer;
    while (peer.outcome != Listener::Outcome::connection) peer = listener.accept();
    return std::thread([fd = std::move(peer.fd)] {
      const std::string full(Loans::size_bytes, 'x');
      char order[4];
      while (::recv(fd.get(), order, 4, MSG_WAITALL) == 4) {
        ::send(fd.get(), full.data(), order[0] == 'f' ? full.size() : 1, MSG_NOSIGNAL);
      }
    });
  };
  std::thread server([&answer] {
    std::thread first = answer();
    answer().join();
    first.join();
  });
  const Shared<Heard> seen;
  Stop stop;
  Work work(stop, Limits{});
  work.begin_with.push_back([&](Io& io) { return reads_both(io, listener.address(), *seen); });
  model_->serve(work);
  server.join();
  EXPECT_EQ(seen->in_time, 2) << "a stream that had nothing was said to be readable";
}

INSTANTIATE_TEST_SUITE_P(Under, AReport, testing::ValuesIn(model_cases()), case_name);

}  // namespace
}  // namespace weir
