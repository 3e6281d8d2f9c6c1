// What clients do to servers, and what every model must survive: the server lives, serves the
// others, keeps its memory, and still ends with exit code 0 when asked to.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <fstream>
#include <signal.h>
#include <string>
#include <sys/resource.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/client.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

// Far less than a flood. ThreadSanitizer keeps books on each thread that serves for the first time,
// and AddressSanitizer keeps what was freed for a while.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr std::size_t growth_bytes_max = std::size_t{64} << 20;
#else
constexpr std::size_t growth_bytes_max = std::size_t{4} << 20;
#endif

// So many connect before the first of them waits: fewer than any listener's queue holds.
constexpr std::size_t side_by_side = 50;

class Faults : public testing::TestWithParam<ServerKind> {};

// Where there are many clients at once, as iterative by its nature has not.
class Crowds : public testing::TestWithParam<ServerKind> {};

INSTANTIATE_TEST_SUITE_P(Servers, Faults, testing::ValuesIn(framed_servers()), instance_name);
INSTANTIATE_TEST_SUITE_P(Servers, Crowds, testing::ValuesIn(framed_servers(serves_many_at_once)),
                         instance_name);

TEST_P(Faults, SurvivesAResetInMidMessage) {
  FramedServer server(GetParam());
  for (int i = 0; i < 20; ++i) {
    Client client = server.connect();
    client.send("^ab");
    EXPECT_EQ(client.receive(2), "bc");
    client.send("c");  // whether this is still answered or not
    client.reset();
  }
  server.expect_to_live_and_drain();
}

TEST_P(Faults, SurvivesAResetWhileItSends) {
  FramedServer server(GetParam());
  for (int i = 0; i < 3; ++i) {
    Client client = server.connect();
    EXPECT_LT(client.send_and_never_read(flood_bytes), flood_bytes);
    client.reset();
  }
  server.expect_to_live_and_drain();
}

/// Waits until the process stands still. proc(5)
void wait_until_stopped(pid_t pid) {
  std::string state;
  while (state != "T") {
    std::ifstream file(fmt::format("/proc/{}/stat", pid));
    std::string number, name;
    file >> number >> name >> state;
    ASSERT_TRUE(file) << "it is gone";
  }
}

// recv stops short of an urgent byte, and leaves what follows: tcp(7).
TEST_P(Faults, ReadsOnBehindAnUrgentByte) {
  if (!is_made_by_weir(GetParam())) GTEST_SKIP() << "those by hand don't expect any";
  FramedServer server(GetParam());
  {
    Client client = server.connect();
    client.send("^a");
    EXPECT_EQ(client.receive(1), "b");
    server.process().signal(SIGSTOP);
    wait_until_stopped(server.process().pid());
    client.send("b");
    client.send_urgent('x');
    client.send("cd$");
    server.process().signal(SIGCONT);
    EXPECT_EQ(client.receive(3), "cde");
  }
  server.expect_to_live_and_drain();
}

TEST_P(Faults, SurvivesPortProbes) {
  FramedServer server(GetParam());
  for (int i = 0; i < 50; ++i) {
    const Client closed_at_once = server.connect_silently();
    server.connect_silently().reset();
  }
  server.expect_to_live_and_drain();
}

TEST_P(Faults, AnswersACompleteMessageAfterAHalfClose) {
  FramedServer server(GetParam());
  for (int i = 0; i < 20; ++i) {
    Client client = server.connect_silently();
    client.send("^abc$");
    client.finish();
    EXPECT_EQ(client.receive_to_end(), "*bcd");
  }
  server.expect_to_live_and_drain();
}

TEST_P(Faults, AnswersALargeMessageAfterAHalfCloseToASlowReader) {
  // The answer doesn't fit into the kernel's buffers: most of it is sent after the half-close.
  FramedServer server(GetParam());
  Client client = server.connect({.socket_buffer_bytes = 16 << 10});
  const std::string message(std::size_t{1} << 20, 'a');
  client.send("^" + message);
  client.finish();
  EXPECT_EQ(difference(std::string(message.size(), 'b'), client.receive_to_end()), "");
  server.expect_to_live_and_drain();
}

TEST_P(Faults, AnswersOneByteWrites) {
  FramedServer server(GetParam());
  Client client = server.connect();
  bool inside = false;
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    for (const char byte : std::string_view("x^ab^$")) client.send({&byte, 1});
    expected += framed_answer(inside, "x^ab^$");
  }
  client.finish();
  EXPECT_EQ(difference(expected, client.receive_to_end()), "");
  server.expect_to_live_and_drain();
}

TEST_P(Faults, KeepsItsMemoryAndServesOthersWhenAClientNeverReads) {
  FramedServer server(GetParam());
  Client stuck = server.connect();
  stuck.send("^a$");
  EXPECT_EQ(stuck.receive(1), "b");  // what is made once, or once for a connection, is made
  const std::size_t before = server.resident_bytes();
  EXPECT_LT(stuck.send_and_never_read(flood_bytes), flood_bytes) << "the server reads on and on";
  EXPECT_LT(server.resident_bytes(), before + growth_bytes_max);
  if (serves_many_at_once(GetParam())) {
    for (int i = 0; i < 10; ++i) server.expect_to_serve();
    const auto give_up = std::chrono::steady_clock::now() + patience;
    std::size_t resident_bytes = server.resident_bytes();
    while (resident_bytes >= before + growth_bytes_max) {  // a process may take a moment to end
      ASSERT_LT(std::chrono::steady_clock::now(), give_up) << resident_bytes << " bytes";
      resident_bytes = server.resident_bytes();
    }
  }
  stuck.reset();  // an iterative server goes on only now: `expect_to_serve` waits for that
  server.expect_to_live_and_drain();
}

TEST_P(Faults, GoesOnWhereItStoodWhenAStuckClientReadsAtLast) {
  FramedServer server(GetParam());
  Client client = server.connect();
  const std::size_t sent = client.send_and_never_read(flood_bytes);
  ASSERT_GT(sent, 1u);
  client.finish();
  EXPECT_EQ(difference(std::string(sent - 1, 'b'), client.receive_to_end()), "");
  server.expect_to_live_and_drain();
}

// 1,200 are more than select could hold; it, and who else holds fewer, has its own number.
TEST_P(Crowds, ServesManyClientsAtOnce) {
  const std::size_t clients = std::min(std::size_t{1200}, GetParam().clients_max);
  rlimit files{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &files), 0);
  if (files.rlim_max < clients + 100) GTEST_SKIP() << "the file limit here is too low";
  const rlimit before = files;
  files.rlim_cur = files.rlim_max;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &files), 0);
  {
    FramedServer server(GetParam(), GetParam().for_a_crowd);
    std::vector<Client> all;
    while (all.size() < clients) {
      const std::size_t greeted = all.size();
      const std::size_t next = std::min(greeted + side_by_side, clients);
      while (all.size() < next) all.push_back(server.connect_silently());
      for (std::size_t i = greeted; i < next; ++i) ASSERT_EQ(all[i].receive(1), "*");
    }
    for (Client& client : all) client.send("^abc$");
    for (Client& client : all) ASSERT_EQ(client.receive(3), "bcd");
    all.clear();
    server.expect_to_live_and_drain();
  }
  setrlimit(RLIMIT_NOFILE, &before);
}

// Those whom select has no bit for wait in the queue, and are served when others have gone.
TEST_P(Crowds, LetsThoseWaitWhomItCannotHold) {
  if (GetParam().clients_max > 1024) GTEST_SKIP() << "it holds as many as it may open descriptors";
  constexpr std::size_t clients = 1100;
  rlimit files{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &files), 0);
  if (files.rlim_max < clients + 100) GTEST_SKIP() << "the file limit here is too low";
  const rlimit before = files;
  files.rlim_cur = files.rlim_max;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &files), 0);
  {
    FramedServer server(GetParam());
    std::vector<Client> served;
    for (std::size_t i = 0; i < GetParam().clients_max; ++i) served.push_back(server.connect());
    std::vector<Client> more;
    while (served.size() + more.size() < clients) more.push_back(server.connect_silently());
    for (int round = 0; round < 3; ++round) {
      for (Client& client : served) client.send("^abc$");
      for (Client& client : served) ASSERT_EQ(client.receive(3), "bcd");
    }
    served.clear();
    for (Client& client : more) client.send("^abc$");
    for (Client& client : more) ASSERT_EQ(client.receive(4), "*bcd");
    more.clear();
    server.expect_to_live_and_drain();
  }
  setrlimit(RLIMIT_NOFILE, &before);
}

TEST_P(Crowds, SurvivesRunningOutOfDescriptors) {
  FramedServer server(GetParam());
  server.expect_to_serve();
  const rlimit few{24, 24};
  for (const pid_t pid : server.processes()) {
    ASSERT_EQ(prlimit(pid, RLIMIT_NOFILE, &few, nullptr), 0);
  }
  {
    Client served = server.connect();
    std::vector<Client> crowd;  // more than it can hold: some wait, or are closed
    for (int i = 0; i < 50; ++i) crowd.push_back(server.connect_silently());
    served.send("^abc$");
    EXPECT_EQ(served.receive(3), "bcd");
  }
  // Those of the crowd that were in the queue are dead, but each takes a descriptor for a moment.
  // Each worker has a queue of its own: several have to be greeted in a row, each with its descriptor
  // free again before the next comes.
  constexpr int tries_max = 300;
  constexpr int enough = 16;
  for (int i = 0, in_a_row = 0; i < tries_max && in_a_row < enough; ++i) {
    Client client = server.connect_silently();
    in_a_row = client.receive(1).empty() ? 0 : in_a_row + 1;
    if (in_a_row == 0) continue;
    client.finish();
    client.receive_to_end();
  }
  server.expect_to_live_and_drain();
}

}  // namespace
}  // namespace weir::test
