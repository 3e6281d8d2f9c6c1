// The stacks of fibers: one that is deep enough, one that is not, and one too many.
#include <fstream>
#include <optional>
#include <signal.h>
#include <string>
#include <sys/resource.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lab/process.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

lab::Server serve_deep(const std::vector<std::string>& more) {
  std::vector<std::string> argv{
      built_path("tests/programs/deep"), "serve", "-m", "fiber", "-l", "127.0.0.1:0"};
  argv.insert(argv.end(), more.begin(), more.end());
  return lab::start_server(argv);
}

class FiberStacks : public testing::Test {
 protected:
  void SetUp() override {
    if (is_left_out("fiber")) GTEST_SKIP() << "weir was built without Boost.Context";
  }
};

TEST_F(FiberStacks, HoldTwoHundredChildrenByDefault) {
  const lab::Server server = serve_deep({});
  Client client(server.host, server.port);
  client.send("200");
  EXPECT_EQ(client.receive(1), ".");
}

constexpr const char* too_deep = "6000";

TEST_F(FiberStacks, ThatOverflowEndTheProcessWithTheOptionThatHelps) {
  for (const int kib : {64, 256}) {
    lab::Server server = serve_deep({"--stack", fmt::format("{}KiB", kib)});
    Client client(server.host, server.port);
    client.send(too_deep);
    EXPECT_EQ(server.process.wait_for(patience), 128 + SIGSEGV);
    EXPECT_EQ(
        server.process.read_error_line(patience),
        fmt::format("weir: a session overflowed its fiber's stack of {} KiB; give it more with "
                    "--stack {}KiB",
                    kib, 2 * kib));
    EXPECT_EQ(server.process.read_error_line(patience), std::nullopt);
  }
}

TEST_F(FiberStacks, HoldMoreWhenTheyAreLarger) {
  const lab::Server server = serve_deep({"--stack", "64MiB"});
  Client client(server.host, server.port);
  for (int i = 0; i < 3; ++i) {
    client.send(too_deep);
    EXPECT_EQ(client.receive(1), ".");
  }
}

TEST_F(FiberStacks, LeaveASignalFromSomebodyElseWhatItWas) {
  lab::Server server = serve_deep({});
  server.process.signal(SIGSEGV);
  EXPECT_NE(server.process.wait_for(patience).value_or(0), 0);
  EXPECT_EQ(server.process.take_errors().find("overflowed"), std::string::npos);
}

// What comes when the kernel's mappings run out comes as well when the address space does.
TEST_F(FiberStacks, ThatTheKernelRefusesCostTheirClientAndNobodyElse) {
  std::vector<ServerKind> kinds = framed_servers();
  std::erase_if(kinds, [](const ServerKind& kind) { return kind.name != "weir_fiber"; });
  FramedServer server(kinds.at(0), {"--stack", "64MiB"});
  server.expect_to_serve();
  server.limit_address_space(std::size_t{256} << 20);

  std::vector<Client> served;
  std::size_t refused = 0;
  for (int i = 0; i < 8; ++i) {
    Client client = server.connect_silently();
    if (client.receive(1) == "*")
      served.push_back(std::move(client));
    else
      ++refused;
  }
  EXPECT_GE(served.size(), 2u);
  EXPECT_GE(refused, 3u);
  for (Client& client : served) {
    client.send("^abc$");
    EXPECT_EQ(client.receive(3), "bcd");
  }
  served.clear();
  server.expect_to_live_and_drain();  // with the stacks that have come back
  std::string said;
  while (const auto line = server.process().read_error_line(patience)) said += *line + "\n";
  EXPECT_NE(said.find(fmt::format(", {} refused", refused)), std::string::npos)
      << said << refused << " were refused";
}

}  // namespace
}  // namespace weir::test
