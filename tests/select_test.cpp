// What select does with descriptors that have no bit in its sets: it refuses them.
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <vector>

#include <gtest/gtest.h>
#include <weir/weir.hpp>

#include "core/work.hpp"
#include "models/models.hpp"

namespace weir {
namespace {

/// Takes every descriptor below FD_SETSIZE that is free, as long as it lives.
class AllBitsTaken {
 public:
  AllBitsTaken() {
    rlimit files = before_;
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
    for (;;) {
      Descriptor next(::open("/dev/null", O_RDONLY | O_CLOEXEC));
      if (!next || next.get() >= FD_SETSIZE) return;
      taken_.push_back(std::move(next));
    }
  }
  ~AllBitsTaken() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  AllBitsTaken(const AllBitsTaken&) = delete;
  AllBitsTaken& operator=(const AllBitsTaken&) = delete;

 private:
  static rlimit limit() {
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    return files;
  }
  const rlimit before_ = limit();
  std::vector<Descriptor> taken_;
};

bool enough_descriptors() {
  rlimit files{};
  return ::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_max > FD_SETSIZE + 100;
}

class SelectWithoutBits : public testing::Test {
 protected:
  void SetUp() override {
    if (!enough_descriptors()) GTEST_SKIP() << "the file limit here is too low";
  }
};

TEST_F(SelectWithoutBits, SaysAtItsStartThatItsOwnDescriptorsDoNotFit) {
  const AllBitsTaken taken;
  Stop stop;
  Work work(stop, Limits{});
  EXPECT_THROW(make_select()->serve(work), Unavailable);
}

TEST_F(SelectWithoutBits, SaysSoOfAListenerToo) {
  Stop stop;
  const AllBitsTaken taken;
  Work work(stop, Limits{});
  work.listeners.emplace_back(Address::parse("127.0.0.1:0"), 16);
  EXPECT_THROW(make_select()->serve(work), Unavailable);
}

Task<> connects_twice(Io& io, Address address, std::vector<std::error_code>& errors) {
  {
    const AllBitsTaken taken;
    const Connected without = co_await io.connect(address);
    errors.push_back(without.error);
  }
  const Connected with = co_await io.connect(address);
  errors.push_back(with.error);
}

TEST_F(SelectWithoutBits, AnOutgoingConnectionWithoutABitFailsAndTheNextOneDoesNot) {
  const Listener listener(Address::parse("127.0.0.1:0"), 16);
  std::vector<std::error_code> errors;
  Stop stop;
  Work work(stop, Limits{});
  work.begin_with.push_back([&](Io& io) { return connects_twice(io, listener.address(), errors); });
  make_select()->serve(work);
  ASSERT_EQ(errors.size(), 2u);
  EXPECT_EQ(errors[0], std::errc::too_many_files_open);
  EXPECT_FALSE(errors[1]) << errors[1].message();
}

/// A client of plain sockets, which doesn't wait.
Descriptor client_of(const Address& address) {
  Descriptor socket(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(::connect(socket.get(), address.data(), address.size()), 0);
  return socket;
}

/// Waits, without stopping the loop, until the client has its first byte (1) or its end (0).
Task<ssize_t> first_byte(Io& io, const Descriptor& client) {
  char byte = 0;
  for (;;) {
    const ssize_t count = ::recv(client.get(), &byte, 1, MSG_DONTWAIT);
    if (count >= 0 || errno != EAGAIN) co_return count;
    co_await io.sleep(std::chrono::milliseconds(1));
  }
}

Task<> two_clients(Io& io, Work& work, Address address, std::vector<ssize_t>& seen) {
  {
    const AllBitsTaken taken;
    const Descriptor refused = client_of(address);
    const ssize_t nothing = co_await first_byte(io, refused);
    seen.push_back(nothing);
  }
  const Descriptor served = client_of(address);
  const ssize_t greeting = co_await first_byte(io, served);
  seen.push_back(greeting);
  work.stop.request();
}

Task<> greets(Stream& peer) {
  co_await peer.write("*");
}

TEST_F(SelectWithoutBits, AConnectionWithoutABitIsClosedAndCountedAndTheNextOneServed) {
  Stop stop;
  Work work(stop, Limits{});
  work.session = greets;
  work.listeners.emplace_back(Address::parse("127.0.0.1:0"), 16);
  const Address address = work.listeners.front().address();
  std::vector<ssize_t> seen;
  work.begin_with.push_back([&](Io& io) { return two_clients(io, work, address, seen); });
  make_select()->serve(work);
  EXPECT_EQ(seen, (std::vector<ssize_t>{0, 1}));
  EXPECT_EQ(work.statistics.refused, 1u);
  EXPECT_EQ(work.statistics.accepted, 1u);
}

}  // namespace
}  // namespace weir
