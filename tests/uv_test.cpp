// What is particular to `uv`: libuv reads by itself, ahead of the session, and accepts by itself.
#include <functional>
#include <memory>
#include <string>
#include <sys/resource.h>
#include <sys/socket.h>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <weir/weir.hpp>

#include "core/work.hpp"
#include "models/models.hpp"

namespace weir {
namespace {

class Uv : public testing::Test {
 protected:
  void SetUp() override {
    try {
      model_ = make_uv();
    } catch (const Unavailable& why) {
      GTEST_SKIP() << why.what();
    }
  }

  std::unique_ptr<Model> model_;
  Stop stop_;
  Work work_{stop_, Limits{}};
};

struct Received {
  std::vector<std::size_t> ready;
  std::string text;
};

Task<> waits_and_reads(Io& io, Address address, Received& seen) {
  const Connected server = co_await io.connect(address);
  Stream& stream = *server.stream;
  for (int i = 0; i < 2; ++i) {  // to wait uses nothing up
    const std::size_t first = co_await io.wait(readable(stream));
    seen.ready.push_back(first);
  }
  const Bytes bytes = co_await stream.read();
  seen.text = std::string(bytes);
  co_await stream.write("done");
  for (int i = 0; i < 2; ++i) {  // nor does to read the end
    const std::size_t first = co_await io.wait(readable(stream));
    seen.ready.push_back(first);
    const Bytes end = co_await stream.read();
    if (!end) seen.text += ", end";
  }
}

TEST_F(Uv, ReadsWhatAWaitHasFound) {
  Listener listener(Address::parse("127.0.0.1:0"), 16);
  std::thread server([&listener] {
    Listener::Accepted accepted;
    while (accepted.outcome != Listener::Outcome::connection) accepted = listener.accept();
    ::send(accepted.fd.get(), "bytes", 5, MSG_NOSIGNAL);
    char done[4];
    ::recv(accepted.fd.get(), done, 4, MSG_WAITALL);
  });
  Received seen;
  work_.begin_with.push_back([&](Io& io) { return waits_and_reads(io, listener.address(), seen); });
  model_->serve(work_);
  server.join();
  EXPECT_EQ(seen.ready, (std::vector<std::size_t>{0, 0, 0, 0}));
  EXPECT_EQ(seen.text, "bytes, end, end");
}

Task<> ends_at_once(Stream&) {
  co_return;
}

/// Takes every descriptor but the last three.
Task<> takes_descriptors(Io&, std::vector<Descriptor>& taken) {
  for (Descriptor fd(::dup(0)); fd; fd = Descriptor(::dup(0))) taken.push_back(std::move(fd));
  taken.resize(taken.size() - 3);
  co_return;
}

TEST_F(Uv, CountsWhoItRefusesForWantOfDescriptors) {
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const rlimit few{128, before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &few);
  Listener& listener = work_.listeners.emplace_back(Address::parse("127.0.0.1:0"), 16);
  const Address address = listener.address();
  const Descriptor client(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::connect(client.get(), address.data(), address.size()), 0);
  std::vector<Descriptor> taken;
  work_.begin_with.push_back([&](Io& io) { return takes_descriptors(io, taken); });
  work_.session = ends_at_once;
  // Two of the three are libuv's: it listens, and has one in reserve. To get the last is to be refused.
  std::thread reader([&] {
    char nothing = 0;
    EXPECT_EQ(::recv(client.get(), &nothing, 1, 0), 0);
    stop_.request();
  });
  model_->serve(work_);
  reader.join();
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(work_.statistics.accepted, 0u);
  EXPECT_EQ(work_.statistics.refused, 1u);
}

}  // namespace
}  // namespace weir
