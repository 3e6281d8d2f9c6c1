// The access log under every model, in several processes and threads.
#include <algorithm>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <signal.h>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/http_answers.hpp"
#include "support/scratch.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

constexpr std::size_t clients = 8;
constexpr std::size_t requests_each = 50;

std::string get_many(const std::string& begin, std::size_t count) {
  std::string requests;
  for (std::size_t i = 0; i < count; ++i) {
    requests += fmt::format("GET /{}/{} HTTP/1.1\r\nHost: a\r\n\r\n", begin, i);
  }
  return requests;
}

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

class HttpAccessLog : public testing::TestWithParam<ServerKind> {
 protected:
  std::string path() const { return root_.path() + "/log"; }
  RunningServer start(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"--access-log", path()};
    words.insert(words.end(), more.begin(), more.end());
    return RunningServer(GetParam(), words);
  }

 private:
  const Scratch root_;
};

/// The targets of the lines, each of which must be one for an answer of the echo server.
std::multiset<std::string> targets(const std::vector<std::string>& lines) {
  static const std::regex wanted(
      R"(127\.0\.0\.1 - - \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000\] )"
      R"("GET (/\d+/\d+) HTTP/1\.1" 200 (\d+) "-" "-")");
  std::multiset<std::string> targets;
  for (const std::string& line : lines) {
    std::smatch match;
    EXPECT_TRUE(std::regex_match(line, match, wanted)) << line;
    if (match.empty()) continue;
    targets.insert(match[1]);
    // What it shows is the request.
    EXPECT_EQ(std::stoul(match[2]),
              std::string("GET  HTTP/1.1\r\nHost: a\r\n\r\n").size() + match.length(1))
        << line;
  }
  return targets;
}

TEST_P(HttpAccessLog, HasAWholeLineForEachAnswer) {
  RunningServer server = start();
  std::multiset<std::string> expected;
  const auto converse = [&server](std::size_t number) {
    Client client = server.connect_silently();
    client.send(get_many(std::to_string(number), requests_each));
    client.finish();
    EXPECT_EQ(http_answers(client.receive_to_end()).size(), requests_each);
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < clients; ++i) {
    threads.emplace_back(converse, i);
    for (std::size_t j = 0; j < requests_each; ++j) expected.insert(fmt::format("/{}/{}", i, j));
  }
  for (std::thread& thread : threads) thread.join();
  server.expect_to_drain();
  EXPECT_EQ(targets(lines_of(path())), expected);
}

TEST_P(HttpAccessLog, IsOpenedAnewOnAHangUp) {
  RunningServer server = start({"--log-format", "json"});
  const auto ask = [&server](const std::string& target) {
    Client client = server.connect_silently();
    client.send(fmt::format("GET {} HTTP/1.0\r\n\r\n", target));
    EXPECT_EQ(http_answers(client.receive_to_end()).size(), 1u);
  };
  ask("/before");
  std::filesystem::rename(path(), path() + ".1");
  server.process().signal(SIGHUP);
  while (!std::filesystem::exists(path())) std::this_thread::yield();
  ask("/behind");
  server.expect_to_drain();
  const std::vector<std::string> old = lines_of(path() + ".1");
  ASSERT_EQ(old.size(), 1u);
  EXPECT_NE(old[0].find(R"("target":"/before")"), std::string::npos) << old[0];
  const std::vector<std::string> current = lines_of(path());
  ASSERT_EQ(current.size(), 1u);
  EXPECT_NE(current[0].find(R"("target":"/behind")"), std::string::npos) << current[0];
}

/// A server waits a second for its log in the end, so that few are tried.
class HttpStuckLog : public HttpAccessLog {};

TEST_P(HttpStuckLog, HoldsNobodyUp) {
  constexpr std::size_t count = 20'000;
  ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0);
  const int fifo = ::open(path().c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  RunningServer server = start();
  Client client = server.connect_silently();
  client.send(get_many("0", count));
  client.finish();
  EXPECT_EQ(http_answers(client.receive_to_end()).size(), count);
  server.expect_to_drain();

  std::string taken(1 << 20, '\0');
  const ssize_t size = ::read(fifo, taken.data(), taken.size());
  ::close(fifo);
  ASSERT_GT(size, 0);
  taken.resize(static_cast<std::size_t>(size));
  std::size_t lines = static_cast<std::size_t>(std::count(taken.begin(), taken.end(), '\n'));
  EXPECT_EQ(taken.back(), '\n');
  const std::string said = server.process().take_errors();
  const std::regex lost("the access log has lost (\\d+) lines");
  for (std::sregex_iterator at(said.begin(), said.end(), lost), end; at != end; ++at) {
    lines += std::stoul((*at)[1]);
  }
  EXPECT_EQ(lines, count) << said;
}

std::vector<ServerKind> some_servers() {
  std::vector<ServerKind> servers = weir_servers("http");
  const std::vector<std::string> wanted{"weir_epoll", "weir_fork", "weir_pool_3x2_share"};
  std::erase_if(servers, [&wanted](const ServerKind& kind) {
    return std::find(wanted.begin(), wanted.end(), kind.name) == wanted.end();
  });
  return servers;
}

INSTANTIATE_TEST_SUITE_P(Servers, HttpStuckLog, testing::ValuesIn(some_servers()), instance_name);
INSTANTIATE_TEST_SUITE_P(Servers, HttpAccessLog, testing::ValuesIn(weir_servers("http")),
                         instance_name);

}  // namespace
}  // namespace weir::test
