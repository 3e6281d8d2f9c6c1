// `weir serve http` and `weir load http://...` on the command line.
#include <algorithm>
#include <csignal>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lab/json.hpp"
#include "lab/process.hpp"
#include "support/client.hpp"
#include "support/command.hpp"
#include "support/scratch.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

TEST(HttpCommand, SaysWhatALimitCanNotBe) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> mistakes{
      {{"--body-max", "5"}, "--body-max: '5' needs a unit; write 16KiB, 1MiB or 512B"},
      {{"--header-max", "0B"}, "--header-max: '0B' is out of range"},
      {{"--request-line-max", "2MiB"}, "--request-line-max: '2MiB' is out of range"},
      {{"--header-fields-max", "257"}, "--header-fields-max: '257' is not between 1 and 256"},
      {{"--bytes-a-second-min", "fast"}, "--bytes-a-second-min: 'fast' is no whole number"},
      {{"--bytes-a-second-min", "5B"}, "--bytes-a-second-min: '5B' is no whole number"},
      {{"--keep-alive", "61m"}, "--keep-alive: '61m' is out of range"},
      {{"--body-deadline", "20"}, "--body-deadline: '20' needs a unit; write 30s or 500ms"},
  };
  for (const auto& [options, sentence] : mistakes) {
    std::vector<std::string> words{"serve", "http", "-l", "127.0.0.1:0"};
    words.insert(words.end(), options.begin(), options.end());
    const Said said = run_weir(words);
    EXPECT_EQ(said.code, 2);
    EXPECT_EQ(said.errors, std::vector<std::string>{"weir: " + sentence});
  }
}

class HttpLoad : public testing::Test {
 protected:
  Said load(const std::string& path, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{
        "load", fmt::format("http://{}:{}{}", server_.host, server_.port, path),
        "-c",   "4",
        "-n",   "200",
        "-q"};
    words.insert(words.end(), more.begin(), more.end());
    return run_weir(words);
  }
  const lab::Server server_ =
      lab::start_server({weir_path(), "serve", "http", "-l", "127.0.0.1:0"});
};

TEST_F(HttpLoad, AsksAsABrowserDoes) {
  const Said said = load("", {"--json", "-"});
  ASSERT_EQ(said.code, 0) << said;
  const lab::Json report = lab::Json::parse(said.output);
  EXPECT_EQ(report.at("requests").number_or(0), 200);
  EXPECT_GT(report.at("request_bytes").number_or(0), 500);
}

TEST_F(HttpLoad, AsksForThePathOfItsTarget) {
  EXPECT_EQ(load("/healthz").code, 0);
  EXPECT_EQ(load("/json?a=b", {"--churn"}).code, 0);
  const Said refused = load("/echo");
  EXPECT_EQ(refused.code, 3) << refused;
  EXPECT_NE(refused.errors.back().find("the server answered 405 Method Not Allowed"),
            std::string::npos)
      << refused;
  EXPECT_EQ(load("/echo", {"--request", "/plaintext"}).code, 0);
}

/// What the server answers to a GET of this, but for the date.
std::string answer_to(const lab::Server& server, const std::string& target) {
  Client client(server.host, server.port);
  client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  std::string answer = client.receive_to_end();
  const std::size_t date = answer.find("Date: ");
  if (date != std::string::npos) answer.erase(date, answer.find('\n', date) + 1 - date);
  return answer;
}

TEST(HttpWork, DoesWhatAQuerySaysWithItsOptionAlone) {
  const lab::Server server =
      lab::start_server({weir_path(), "serve", "http", "-l", "127.0.0.1:0", "--work"});
  EXPECT_EQ(answer_to(server, "/work?block=1us&burn=1us&sleep=1us&here&reply=12B"),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n"
            "Connection: close\r\n\r\nwwwwwwwwwww\n");
  for (const std::size_t kib : {100, 128, 300}) {
    const std::string answer = answer_to(server, fmt::format("/work?reply={}KiB", kib));
    const std::string body = answer.substr(answer.find("\r\n\r\n") + 4);
    EXPECT_EQ(difference(std::string(kib * 1024 - 1, 'w') + '\n', body), "") << kib;
  }
  const std::vector<std::pair<std::string, std::string>> refusals{
      {"block=3", "'block=3' needs a number and a unit (ns, us, ms, s)"},
      {"rest=1s", "'rest=1s' is none of sleep=, block=, burn=, reply=, here, crash"},
      {"crash", "a web server is not to crash; serve work --crash"},
  };
  for (const auto& [query, sentence] : refusals) {
    const std::string answer = answer_to(server, "/work?" + query);
    EXPECT_EQ(answer.substr(0, 12), "HTTP/1.1 400") << answer;
    EXPECT_EQ(answer.substr(answer.find("\r\n\r\n") + 4), "error: " + sentence + '\n');
  }
  const lab::Server without =
      lab::start_server({weir_path(), "serve", "http", "-l", "127.0.0.1:0"});
  EXPECT_NE(answer_to(without, "/work?crash").find("GET /work?crash HTTP/1.1"), std::string::npos);
}

/// An access log shows what the server was asked for.
class HttpTurns : public testing::Test {
 protected:
  std::vector<std::string> asked(const std::vector<std::string>& more) const {
    const std::string log = scratch_.path() + "/log";
    {
      lab::Server server = lab::start_server(
          {weir_path(), "serve", "http", "-l", "127.0.0.1:0", "--access-log", log});
      std::vector<std::string> words{"load", fmt::format("http://{}:{}", server.host, server.port),
                                     "-q",   "--request",
                                     "/0",   "--request",
                                     "/1",   "--request",
                                     "/2"};
      words.insert(words.end(), more.begin(), more.end());
      const Said said = run_weir(words);
      EXPECT_EQ(said.code, 0) << said;
      server.process.signal(SIGTERM);  // then the log is whole
      EXPECT_EQ(server.process.wait(), 0);
    }
    std::vector<std::string> targets;
    std::ifstream in(log);
    for (std::string line; std::getline(in, line);) {
      const std::size_t begin = line.find("GET ") + 4;
      targets.push_back(line.substr(begin, line.find(' ', begin) - begin));
    }
    return targets;
  }

  const Scratch scratch_;
};

TEST_F(HttpTurns, AreTakenByEachConnection) {
  EXPECT_EQ(asked({"-c", "1", "-n", "5"}),
            (std::vector<std::string>{"/0", "/1", "/2", "/0", "/1"}));
}

TEST_F(HttpTurns, BeginAtAnotherPlaceOnEachConnection) {
  std::vector<std::string> first = asked({"-c", "4", "-n", "4", "--think-fixed", "1s"});
  std::sort(first.begin(), first.end());
  EXPECT_EQ(first, (std::vector<std::string>{"/0", "/0", "/1", "/2"}));
}

}  // namespace
}  // namespace weir::test
