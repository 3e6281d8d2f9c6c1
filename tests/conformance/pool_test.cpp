// A pool of two threads: two are served, two more are accepted and queue, the rest wait in the
// kernel. In the order in which they came, and nobody is forgotten.
#include <signal.h>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/servers.hpp"

namespace weir::test {
namespace {

constexpr std::size_t queued = 6;  // more than have a place in the queue of two

bool is_a_pool(const ServerKind& kind) {
  return kind.name.ends_with("_pool");
}

class APool : public testing::TestWithParam<ServerKind> {
 protected:
  static std::vector<std::string> of_two_threads() {
    std::vector<std::string> words = GetParam().for_a_crowd;
    words.back() = "2";
    return words;
  }
};

INSTANTIATE_TEST_SUITE_P(Servers, APool, testing::ValuesIn(framed_servers(is_a_pool)),
                         instance_name);

TEST_P(APool, ThatIsFullServesWhoQueuesOnceAThreadIsFree) {
  FramedServer server(GetParam(), of_two_threads());
  Client served = server.connect();
  const Client holds_the_other_thread = server.connect();
  std::vector<Client> waiting;
  for (std::size_t i = 0; i < queued; ++i) {
    waiting.push_back(server.connect_silently());
    waiting.back().send("^abc$");
    waiting.back().finish();
  }
  served.send("^abc$");
  served.finish();
  EXPECT_EQ(served.receive_to_end(), "bcd");
  for (Client& client : waiting) EXPECT_EQ(client.receive_to_end(), "*bcd");
  server.expect_to_live_and_drain();
}

TEST_P(APool, ThatIsFullServesWhoQueuesWhenItDrains) {
  FramedServer server(GetParam(), of_two_threads());
  Client first = server.connect();
  Client second = server.connect();
  std::vector<Client> waiting;
  for (std::size_t i = 0; i < queued; ++i) {
    waiting.push_back(server.connect_silently());
    waiting.back().send("^abc$");
    waiting.back().wait_until_arrived();
  }
  server.process().signal(SIGTERM);
  EXPECT_EQ(first.receive_to_end(), "");
  EXPECT_EQ(second.receive_to_end(), "");
  for (Client& client : waiting) EXPECT_EQ(client.receive_to_end(), "*bcd");
  EXPECT_EQ(server.process().wait_for(patience), 0);
}

}  // namespace
}  // namespace weir::test
