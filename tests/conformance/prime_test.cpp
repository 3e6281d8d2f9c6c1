// Whom heavy work holds up: the order of answers tells, not the clock.

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/servers.hpp"

namespace weir::test {
namespace {

constexpr std::string_view is_prime = "prime\n";

/// A client that is being served: it has asked something light, and got its answer.
Client served_by(const RunningServer& server) {
  Client client = server.connect_silently();
  client.send("2\n");
  EXPECT_EQ(client.receive(is_prime.size()), is_prime);
  return client;
}

class HeavyWork : public testing::TestWithParam<ServerKind> {};

TEST_P(HeavyWork, HoldsUpNobodyElse) {
  const RunningServer server(GetParam(), {"--naive"});
  Client heavy = served_by(server);
  Client light = served_by(server);
  heavy.send("18446744073709551557\n");  // seconds of work on any machine, and seldom less than ten
  heavy.wait_until_taken();
  light.send("3\n");
  EXPECT_EQ(light.receive(is_prime.size()), is_prime);
  EXPECT_FALSE(heavy.has_answer());
}  // nobody waits for the work to end

INSTANTIATE_TEST_SUITE_P(Servers, HeavyWork, testing::ValuesIn([] {
                           std::vector<ServerKind> kinds = weir_servers("prime");
                           std::erase_if(kinds, [](const ServerKind& kind) {
                             return !serves_many_at_once(kind);
                           });
                           return kinds;
                         }()),
                         instance_name);

class HeavyWorkInline : public testing::TestWithParam<ServerKind> {};

TEST_P(HeavyWorkInline, HoldsUpTheOthers) {
  RunningServer server(GetParam(), {"--naive", "--offload", "inline"});
  Client heavy = served_by(server);
  Client light = served_by(server);
  // From some milliseconds to some seconds of work.
  for (const char* number : {"999999999989\n", "999999999999989\n", "9999999999999937\n",
                             "99999999999999997\n", "999999999999999989\n"}) {
    heavy.send(number);
    heavy.wait_until_taken();
    light.send("3\n");
    light.wait_until_arrived();
    const bool too_late = heavy.has_answer();  // the work was done before the other one asked
    EXPECT_EQ(light.receive(is_prime.size()), is_prime);
    EXPECT_TRUE(heavy.has_answer()) << "the other one was answered first";
    EXPECT_EQ(heavy.receive(is_prime.size()), is_prime);
    if (!too_late) return;
  }
  FAIL() << "no number was heavy enough to show anything";
}

INSTANTIATE_TEST_SUITE_P(Servers, HeavyWorkInline, testing::ValuesIn([] {
                           // With one thread, in which all sessions run.
                           const std::vector<std::string> loops{
                               "weir_fiber",       "weir_select", "weir_poll", "weir_epoll",
                               "weir_epoll_level", "weir_uring",  "weir_uv",   "weir_asio"};
                           std::vector<ServerKind> kinds = weir_servers("prime");
                           std::erase_if(kinds, [&](const ServerKind& kind) {
                             return std::find(loops.begin(), loops.end(), kind.name) == loops.end();
                           });
                           return kinds;
                         }()),
                         instance_name);

}  // namespace
}  // namespace weir::test
