// What the kernel reported may have been used up before its turn comes.
#include <cstdlib>
#include <filesystem>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <weir/weir.hpp>

#include "core/listener.hpp"
#include "core/loans.hpp"
#include "core/work.hpp"
#include "models/models.hpp"

namespace weir {
namespace {

using std::chrono::milliseconds;

/// The other end of a stream: a plain socket.
struct Peer {
  explicit Peer(const char* name)
      : listener(Address::parse(fmt::format("unix:{}/weir_{}_{}",
                                            std::filesystem::temp_directory_path().string(), name,
                                            ::getpid())),
                 1) {}
  void accept() { fd = listener.accept().fd; }
  void send(const std::string& bytes) const {
    ASSERT_EQ(::send(fd.get(), bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
  }

  Listener listener;
  Descriptor fd;
};

/// Both streams get a byte at once, so the kernel reports both in one go, `a` first. Woken for `a`
/// the session reads `b` as well; what is reported of `b` is then out of date.
Task<> reads_the_other_first(Io& io, Peer& a_peer, Peer& b_peer, std::size_t& first) {
  const Connected a = co_await io.connect(a_peer.listener.address());
  const Connected b = co_await io.connect(b_peer.listener.address());
  a_peer.accept();
  b_peer.accept();
  const Time soon = io.now() + milliseconds(1);
  co_await io.wait(readable(*a.stream), readable(*b.stream), until(soon));  // both are watched now
  b_peer.send(std::string(Loans::size_bytes, 'b'));
  const Bytes all = co_await b.stream->read();
  EXPECT_EQ(all.size(), Loans::size_bytes) << "a full buffer: there may be more";
  a_peer.send("a");
  b_peer.send("b");
  co_await a.stream->read();
  co_await b.stream->read();
  const Time later = io.now() + milliseconds(20);
  first = co_await io.wait(readable(*a.stream), readable(*b.stream), until(later));
}

class Stale : public testing::TestWithParam<Trigger> {};

TEST_P(Stale, AWaitIsNotToldOfWhatItsSessionHasReadMeanwhile) {
  Stop stop;
  Work work(stop, Limits{});
  Peer a("a");
  Peer b("b");
  std::size_t first = 9;
  work.begin_with.push_back([&](Io& io) { return reads_the_other_first(io, a, b, first); });
  make_epoll(GetParam())->serve(work);
  EXPECT_EQ(first, 2u) << "nothing was there to be read";
}

INSTANTIATE_TEST_SUITE_P(Epoll, Stale, testing::Values(Trigger::edge, Trigger::level),
                         [](const auto& each) {
                           return each.param == Trigger::edge ? "edge" : "level";
                         });

}  // namespace
}  // namespace weir
