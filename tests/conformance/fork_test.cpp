// What only a server of one process a connection does: it buries its children, loses one connection
// where others would lose all, and takes its children along when it ends, however it ends.
#include <fstream>
#include <optional>
#include <sched.h>
#include <signal.h>
#include <string>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

#include "lab/process_tree.hpp"
#include "support/command.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

using namespace std::chrono_literals;

// Making a process takes sanitizers ten times as long.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int short_connections = 1'000;
#else
constexpr int short_connections = 10'000;
#endif
constexpr int short_connections_by_hand = 1'000;  // it is weir that is put to the test
constexpr int connectors = 50;  // they make, serve and bury processes at the same time

// A process, dead or alive, that `pid` has made and not buried; 0 when there is none.
pid_t child_of(pid_t pid) {
  const std::vector<lab::TreeProcess> tree = lab::tree_of(pid);
  return tree.size() < 2 ? 0 : tree[1].pid;
}

bool is_zombie(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  char state = 0;
  file.ignore(1000, ')') >> state;
  return state == 'Z';
}

template <class Condition>
bool comes_true(Condition condition) {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    sched_yield();
  }
  return true;
}

void expect_no_children(pid_t pid) {
  EXPECT_TRUE(comes_true([pid] { return child_of(pid) == 0; })) << "a child, or a zombie, is left";
}

bool any_has(const std::vector<std::string>& lines, const std::string& text) {
  for (const std::string& line : lines) {
    if (line.find(text) != std::string::npos) return true;
  }
  return false;
}

Said drain(lab::Process& server) {
  server.signal(SIGTERM);
  return finish(server);
}

bool forks(const ServerKind& kind) {
  return kind.name.ends_with("_fork");
}

class AFork : public testing::TestWithParam<ServerKind> {};

INSTANTIATE_TEST_SUITE_P(Servers, AFork, testing::ValuesIn(framed_servers(forks)), instance_name);

TEST_P(AFork, LeavesNoZombieAfterManyShortConnections) {
  FramedServer server(GetParam());
  const bool ours = is_made_by_weir(GetParam());
  const int count = ours ? short_connections : short_connections_by_hand;
  for (int i = 0; i < count; i += connectors) {
    std::vector<Client> clients;
    for (int n = 0; n < connectors; ++n) clients.push_back(server.connect_silently());
    for (Client& client : clients) client.send("^abc$");
    for (Client& client : clients) ASSERT_EQ(client.receive(4), "*bcd");
    for (Client& client : clients) client.reset();
  }
  expect_no_children(server.process().pid());
  server.expect_to_live_and_drain();
}

TEST_P(AFork, LosesOneConnectionWithAChildThatIsKilled) {
  FramedServer server(GetParam());
  Client lost = server.connect();
  const pid_t child = child_of(server.process().pid());
  ASSERT_NE(child, 0);
  Client other = server.connect();
  ASSERT_EQ(::kill(child, SIGKILL), 0);
  lost.wait_for_end();
  other.send("^abc$");
  EXPECT_EQ(other.receive(3), "bcd");
  other.finish();
  EXPECT_EQ(other.receive_to_end(), "");
  expect_no_children(server.process().pid());
  server.expect_to_serve();
  const Said said = drain(server.process());
  EXPECT_EQ(said.code, 0);
  EXPECT_TRUE(any_has(said.errors, "ended by signal 9")) << said;
}

TEST_P(AFork, TakesItsChildrenAlongWhenItIsKilled) {
  FramedServer server(GetParam());
  Client idle = server.connect();
  const pid_t child = child_of(server.process().pid());
  server.process().signal(SIGKILL);
  server.process().wait();
  EXPECT_EQ(idle.receive_to_end(), "");
  // Whoever inherits it may be slow to bury it.
  EXPECT_TRUE(comes_true([child] { return lab::threads_of(child).empty() || is_zombie(child); }));
}

// Ctrl-C at a terminal reaches parent and children. A child that took both that and what its parent
// passes on would take the second for the wish to end at once.
TEST_P(AFork, DrainsWhenTheWholeGroupIsInterrupted) {
  FramedServer server(GetParam());
  std::vector<Client> clients;
  for (int i = 0; i < 20; ++i) clients.push_back(server.connect());
  for (Client& client : clients) client.send("^abc$");
  for (Client& client : clients) ASSERT_EQ(client.receive(3), "bcd");
  ASSERT_EQ(::kill(-server.process().pid(), SIGINT), 0);
  for (Client& client : clients) EXPECT_EQ(client.receive_to_end(), "");
  const Said said = finish(server.process());
  EXPECT_EQ(said.code, 0);
  EXPECT_FALSE(any_has(said.errors, "forced")) << said;
}

// --- what weir promises besides

lab::Server serve_crashes(std::vector<std::string> words) {
  words.insert(words.begin(), {built_path("tests/programs/crash"), "serve", "crash", "-m", "fork",
                               "-l", "127.0.0.1:0"});
  return lab::start_server(words);
}

Client connect(const lab::Server& server) {
  return {server.host, server.port};
}

TEST(Fork, CountsAndLogsEachKindOfCrash) {
  lab::Server server = serve_crashes({});
  Client other = connect(server);
  for (const char* order : {"a", "s", "e", "0"}) {
    Client client = connect(server);
    client.send(order);
    client.wait_for_end();
  }
  other.send("n");
  EXPECT_EQ(other.receive(1), "n");
  other.finish();
  EXPECT_EQ(other.receive_to_end(), "");
  expect_no_children(server.process.pid());
  const Said said = drain(server.process);
  EXPECT_EQ(said.code, 0);
  EXPECT_TRUE(any_has(said.errors, "ended by signal 6 (Aborted), and with it its connection"))
      << said;
  EXPECT_TRUE(any_has(said.errors, "ended by signal 11 (Segmentation fault)")) << said;
  EXPECT_TRUE(any_has(said.errors, "ended by exit code 3")) << said;
  EXPECT_EQ(said.errors.back(), "weir: 5 connections: 1 finished, 4 failed");
}

TEST(Fork, EndsASessionThatComputesOn) {
  lab::Server server = serve_crashes({"--drain-timeout", "1ms"});
  Client client = connect(server);
  client.send("nc");  // nothing is answered before both are obeyed
  client.wait_until_taken();
  EXPECT_EQ(drain(server.process).code, 0);
  client.wait_for_end();
}

TEST(Fork, SaysInTheLogWhichProcessSpeaks) {
  lab::Server server = serve_crashes({"-v"});
  Client client = connect(server);
  client.send("n");
  EXPECT_EQ(client.receive(1), "n");
  const std::string process = "weir: process " + std::to_string(child_of(server.process.pid()));
  client.finish();
  client.wait_for_end();
  const Said said = drain(server.process);
  EXPECT_TRUE(any_has(said.errors, process + ": connection ")) << said;
  EXPECT_TRUE(any_has(said.errors, " finished")) << said;
}

TEST(Fork, HasNoMoreChildrenThanConnectionsAreAllowed) {
  lab::Server server = serve_crashes({"--max-connections", "2"});
  Client first = connect(server);
  Client second = connect(server);
  Client third = connect(server);
  for (Client* client : {&first, &second, &third}) client->send("n");
  EXPECT_EQ(first.receive(1), "n");
  EXPECT_EQ(second.receive(1), "n");
  EXPECT_EQ(lab::tree_of(server.process.pid()).size(), 3u);
  first.finish();
  EXPECT_EQ(third.receive(1), "n");  // now that there is room
  EXPECT_EQ(drain(server.process).code, 0);
}

// RLIMIT_NPROC, getrlimit(2), does not bind root: the server runs as a user of its own, who may have
// two processes, the parent and one child.
TEST(Fork, ClosesAClientForWhomThereIsNoProcess) {
  if (::getuid() != 0) GTEST_SKIP() << "only root can become a user without processes";
  const std::string nobody_else = std::to_string(100'000 + ::getpid());
  std::optional<lab::Server> server;
  try {
    server = lab::start_server({"prlimit", "--nproc=2:2", "setpriv", "--reuid=" + nobody_else,
                                "--clear-groups", "--", weir_path(), "serve", "framed", "-m",
                                "fork", "-l", "127.0.0.1:0"});
  } catch (const std::exception& error) {
    GTEST_SKIP() << "no other user can run the server here: " << error.what();
  }
  Client served = connect(*server);
  EXPECT_EQ(served.receive(1), "*");
  for (int i = 0; i < 3; ++i) {
    Client refused = connect(*server);
    EXPECT_EQ(refused.receive_to_end(), "");
  }
  served.send("^abc$");
  EXPECT_EQ(served.receive(3), "bcd");
  served.finish();
  EXPECT_EQ(served.receive_to_end(), "");
  expect_no_children(server->process.pid());
  Client next = connect(*server);
  EXPECT_EQ(next.receive(1), "*");
  const Said said = drain(server->process);
  EXPECT_EQ(said.code, 0);
  EXPECT_EQ(said.errors.back(), "weir: 2 connections: 2 finished, 3 refused");
}

TEST(Fork, RefusesSessionsThatShareMemory) {
  lab::Process process =
      lab::Process::start({built_path("tests/programs/crash"), "serve", "together", "-m", "fork"});
  const Said said = finish(process);
  EXPECT_EQ(said.code, 2);
  EXPECT_EQ(
      said.errors,
      std::vector<std::string>{
          "weir: the sessions of 'together' share the memory of one process, and --model fork "
          "serves each connection in its own; take --model epoll in one process"});
}

}  // namespace
}  // namespace weir::test
