// A server of several workers: who listens, who gets the connections, and what is lost when a worker
// or the supervisor dies.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <optional>
#include <regex>
#include <sched.h>
#include <signal.h>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/client.hpp"
#include "support/command.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

namespace fs = std::filesystem;

FramedServer start(const std::vector<std::string>& words) {
  std::vector<std::string> argv{weir_path(), "serve", "framed", "-l", "127.0.0.1:0"};
  argv.insert(argv.end(), words.begin(), words.end());
  return FramedServer({"", argv, ServerKind::Maker::weir, ServerKind::Serves::many_at_once});
}

std::vector<pid_t> workers_of(const FramedServer& server) {
  const std::vector<pid_t> all = server.processes();
  return {all.begin() + 1, all.end()};
}

/// Waits for a line that has `wanted` in it; "" when none comes.
std::string line_with(FramedServer& server, const std::string& wanted) {
  while (const auto line = server.process().read_error_line(patience)) {
    if (line->find(wanted) != std::string::npos) return *line;
  }
  return "";
}

/// Whether a request is answered.
bool is_served(Client& client) {
  try {
    client.send("^a$");
    return client.receive(1) == "b";
  } catch (const std::system_error&) {
    return false;
  }
}

/// The process has ended, though nobody may have asked for its exit code.
bool has_ended(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string text;
  if (!std::getline(file, text)) return true;
  return text.substr(text.rfind(')') + 2, 1) == "Z";
}

bool waits_for_end(pid_t pid) {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (!has_ended(pid)) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    sched_yield();
  }
  return true;
}

/// The sockets that listen on the port of 127.0.0.1: /proc/net/tcp, proc(5).
int listeners_on(std::uint16_t port) {
  const std::string wanted = fmt::format("0100007F:{:04X}", port);
  std::ifstream table("/proc/net/tcp");
  int count = 0;
  for (std::string line; std::getline(table, line);) {
    std::istringstream fields(line);
    std::string number, local, remote, state;
    fields >> number >> local >> remote >> state;
    if (local == wanted && state == "0A") ++count;
  }
  return count;
}

/// Ends the server, and returns what it said last.
std::vector<std::string> last_lines(FramedServer& server) {
  server.process().signal(SIGTERM);
  Said said = finish(server.process());
  EXPECT_EQ(said.code, 0) << said;
  return said.errors;
}

TEST(Workers, ShareOneListenerOrHaveOneEach) {
  const std::vector<std::string> six{"--processes", "3", "--threads", "2", "--accept"};
  for (const auto& [accept, listeners] : {std::pair("share", 1), std::pair("shard", 6)}) {
    std::vector<std::string> words = six;
    words.push_back(accept);
    FramedServer server = start(words);
    EXPECT_EQ(listeners_on(server.port()), listeners) << accept;
    server.expect_to_live_and_drain();
  }
}

TEST(Workers, TellHowAThousandConnectionsWereSpread) {
  for (const char* accept : {"shard", "share"}) {
    FramedServer server = start({"--processes", "3", "--threads", "2", "-v", "--accept", accept});
    constexpr int connections = 1000;
    for (int i = 0; i < connections; ++i) {
      Client client = server.connect();
      client.finish();
      EXPECT_EQ(client.receive_to_end(), "");
    }
    const std::regex spread(R"(weir: worker (\d) \(pid \d+, thread [12]\): (\d+) connections?)");
    std::vector<int> counts;
    std::string total;
    for (const std::string& line : last_lines(server)) {
      std::smatch match;
      if (std::regex_match(line, match, spread)) counts.push_back(std::stoi(match[2]));
      total = line;
    }
    EXPECT_EQ(counts.size(), 6u);
    EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), 0), connections);
    EXPECT_EQ(total, "weir: 1000 connections: 1000 finished");
    if (accept == std::string("share")) continue;  // there the quickest may take them all
    for (const int count : counts) EXPECT_GT(count, 0);
  }
}

TEST(Workers, LoseOnlyTheConnectionsOfTheOneThatIsKilled) {
  FramedServer server = start({"--processes", "3", "--accept", "shard"});
  std::vector<Client> clients;
  for (int i = 0; i < 60; ++i) clients.push_back(server.connect());
  const std::vector<pid_t> before = workers_of(server);
  ASSERT_EQ(before.size(), 3u);

  ASSERT_EQ(::kill(before[1], SIGKILL), 0);
  const std::string line = line_with(server, "restarted");
  const std::regex restarted(fmt::format(
      R"(weir: worker 2 \(pid {}\) was ended by signal 9; restarted as pid (\d+))", before[1]));
  std::smatch match;
  ASSERT_TRUE(std::regex_match(line, match, restarted)) << line;
  const std::vector<pid_t> after = workers_of(server);
  EXPECT_EQ(after, (std::vector<pid_t>{before[0], before[2], std::stoi(match[1])}));

  std::size_t lost = 0;
  for (Client& client : clients) lost += is_served(client) ? 0 : 1;
  EXPECT_GT(lost, 0u);
  EXPECT_LT(lost, clients.size());
  for (int i = 0; i < 60; ++i) server.expect_to_serve();
  clients.clear();
  EXPECT_EQ(last_lines(server).back(),
            fmt::format("weir: 120 connections: {} finished, {} failed", 120 - lost, lost));
}

TEST(Workers, EndWithTheirSupervisorAfterFiveCrashes) {
  FramedServer server = start({"--processes", "2", "-m", "iterative"});
  for (int crash = 1; crash < 5; ++crash) {
    ASSERT_EQ(::kill(workers_of(server).back(), SIGKILL), 0);
    EXPECT_NE(line_with(server, "restarted"), "");
  }
  server.expect_to_serve();
  const std::vector<pid_t> workers = workers_of(server);
  ASSERT_EQ(::kill(workers.back(), SIGKILL), 0);
  const Said said = finish(server.process());
  EXPECT_EQ(said.code, 1);
  const std::regex sentence(
      fmt::format(R"(weir: the server ended after 5 crashes of workers within a minute, the last: )"
                  R"(worker [12] \(pid {}\) was ended by signal 9)",
                  workers.back()));
  ASSERT_FALSE(said.errors.empty());
  EXPECT_TRUE(std::regex_match(said.errors.back(), sentence)) << said;
  EXPECT_TRUE(has_ended(workers.front()));
}

TEST(Workers, EndWhenTheirSupervisorIsKilled) {
  for (const char* model : {"iterative", "epoll"}) {
    for (const char* threads : {"1", "2"}) {
      FramedServer server = start({"-m", model, "--processes", "3", "--threads", threads});
      Client idle = server.connect();
      const std::vector<pid_t> workers = workers_of(server);
      ASSERT_EQ(workers.size(), 3u);
      server.process().signal(SIGKILL);
      EXPECT_EQ(idle.receive_to_end(), "");  // drained, not cut
      for (const pid_t worker : workers) EXPECT_TRUE(waits_for_end(worker)) << model;
    }
  }
}

TEST(Workers, TakeASignalToTheWholeGroupAsOneRequest) {
  for (const int number : {SIGINT, SIGTERM}) {
    FramedServer server = start({"--processes", "3"});
    Client stuck = server.connect();
    stuck.send_and_never_read(flood_bytes);
    ASSERT_EQ(::kill(-server.process().pid(), number), 0);  // it leads a group of its own
    server.wait_until_signal_taken(number);
    stuck.wait_for_end();  // it reads at last
    const Said said = finish(server.process());
    EXPECT_EQ(said.code, 0);
    EXPECT_EQ(said.errors.back(), "weir: 1 connection: 1 finished") << "it was forced";
  }
}

TEST(Workers, AreReplacedWhenTheyAreAskedToEndOneByOne) {
  FramedServer server = start({"--processes", "2"});
  for (int i = 0; i < 8; ++i) {  // more than crashes would be allowed
    const pid_t worker = workers_of(server).front();
    ASSERT_EQ(::kill(worker, SIGTERM), 0);
    EXPECT_NE(line_with(server, fmt::format("(pid {}) was asked to end; restarted", worker)), "");
  }
  server.expect_to_live_and_drain();
}

TEST(Workers, DontShareAPortWithAnotherServer) {
  for (const char* first : {"shard", "share"}) {
    FramedServer server = start({"--processes", "2", "--accept", first});
    const std::string address = fmt::format("127.0.0.1:{}", server.port());
    const Said second =
        run_weir({"serve", "framed", "-l", address, "--processes", "2", "--accept", "shard"});
    EXPECT_EQ(second.code, 1) << second;
    ASSERT_FALSE(second.errors.empty());
    EXPECT_NE(second.errors[0].find(address + " is in use (pid"), std::string::npos) << second;
    server.expect_to_live_and_drain();
  }
}

TEST(Workers, ShareAPathUntilTheServerEnds) {
  const std::string path = fs::temp_directory_path() / fmt::format("weir_workers_{}", ::getpid());
  {
    FramedServer server = start({"--threads", "2", "-l", "unix:" + path});
    server.expect_to_serve();
    EXPECT_TRUE(fs::exists(path));
    server.expect_to_live_and_drain();
    EXPECT_FALSE(fs::exists(path));
  }
  FramedServer server = start({"--processes", "2", "--threads", "2", "-l", "unix:" + path});
  for (int i = 0; i < 2; ++i) {
    const pid_t worker = workers_of(server).front();
    ASSERT_EQ(::kill(worker, i == 0 ? SIGTERM : SIGKILL), 0);
    EXPECT_NE(line_with(server, "restarted"), "");
    EXPECT_TRUE(fs::exists(path)) << "it is the supervisor's";
  }
  server.expect_to_live_and_drain();
  EXPECT_FALSE(fs::exists(path));
}

TEST(Workers, AreNotProcessesWhereSessionsShareMemory) {
  const std::string service = built_path("tests/programs/in_process");
  lab::Process refused = lab::Process::start({service, "serve", "--processes", "2"});
  const Said said = finish(refused);
  EXPECT_EQ(said.code, 2);
  EXPECT_EQ(said.errors, std::vector<std::string>{
                             "weir: the sessions of 'in_process' share the memory of one process, "
                             "and --processes 2 serves them in several; take --processes 1"});
  lab::Server server = lab::start_server({service, "serve", "-l", "127.0.0.1:0", "--threads", "2"});
  EXPECT_EQ(Client(server.host, server.port).receive_to_end(), "hello");
}

TEST(Workers, HaveNamesForKnownSetUps) {
  for (const auto& [name, workers] :
       {std::pair("prefork", "64 workers (64 processes x 1 thread, accept share; Ctrl-C drains)"),
        std::pair("prethread",
                  "64 workers (1 process x 64 threads, accept share; Ctrl-C drains)")}) {
    lab::Server server = serve_framed({"-l", "127.0.0.1:0", "-m", name});
    EXPECT_NE(server.banner.find(fmt::format("model {}, {}", name, workers)), std::string::npos)
        << server.banner;
    // Each has a client at the same time, since no worker waits for another.
    std::vector<Client> clients;
    for (int i = 0; i < 64; ++i) {
      clients.emplace_back(server.host, server.port);
      EXPECT_EQ(clients.back().receive(1), "*");
    }
    for (Client& client : clients) EXPECT_TRUE(is_served(client));
    server.process.signal(SIGTERM);
    EXPECT_EQ(server.process.wait_for(patience), 0);
  }
  lab::Server server =
      serve_framed({"-l", "127.0.0.1:0", "-m", "reactors", "--threads", "3", "--trigger", "level"});
  EXPECT_NE(server.banner.find("model reactors, 3 workers (1 process x 3 threads, accept shard;"),
            std::string::npos)
      << server.banner;
}

}  // namespace
}  // namespace weir::test
