// `weir client`: the article's clients, under each model, and with servers that lie.

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lab/json.hpp"
#include "support/command.hpp"
#include "support/lying_server.hpp"

namespace weir::test {
namespace {

/// The bytes of the answers to the article's client: a greeting and all that follows.
constexpr std::string_view article_answer = "*bcdbcuf23436bc1111";

struct Happened {
  double at_ms;
  std::string client;
  std::string what;
  std::string text;
};

/// What `weir client --json -` reports, in the order of time.
std::vector<Happened> events_in(const std::string& json) {
  std::vector<Happened> events;
  const lab::Json report = lab::Json::parse(json);
  for (const lab::Json& client : report.at("clients").elements()) {
    for (const lab::Json& event : client.at("events").elements()) {
      events.push_back({event.at("at_ms").number_or(-1), client.at("name").text_or(""),
                        event.at("what").text_or(""), event.at("text").text_or("")});
    }
  }
  std::stable_sort(events.begin(), events.end(),
                   [](const Happened& a, const Happened& b) { return a.at_ms < b.at_ms; });
  return events;
}

/// `connected` and `disconnecting` of three clients at once, as a word: C and D.
std::string comings_and_goings(const std::string& model) {
  const lab::Server server = serve_framed({"-l", "127.0.0.1:0", "-m", model});
  const Said said = run_weir({"client", "framed", "-n", "3", "--pace", "0.1", "--json", "-",
                              server.host, std::to_string(server.port)});
  EXPECT_EQ(said.code, 0) << said;
  std::string order;
  for (const Happened& event : events_in(said.output)) {
    if (event.what == "connected") order += 'C';
    if (event.what == "disconnecting") order += 'D';
  }
  return order;
}

TEST(ThreeArticleClients, AreServedOneAfterTheOtherByIterative) {
  EXPECT_EQ(comings_and_goings("iterative"), "CDCDCD");
}

TEST(ThreeArticleClients, AreServedAtOnceByThread) {
  EXPECT_EQ(comings_and_goings("thread"), "CCCDDD");
}

TEST(ThreeArticleClients, AreServedAtOnceByEpoll) {
  EXPECT_EQ(comings_and_goings("epoll"), "CCCDDD");
}

TEST(ArticleClient, ReportsWhatItSentAndReceived) {
  const lab::Server server = serve_framed({"-l", "127.0.0.1:0"});
  const Said said = run_weir({"client", "framed", "--pace", "0.1", "--json", "-", server.host,
                              std::to_string(server.port)});
  ASSERT_EQ(said.code, 0) << said;
  std::string sent;
  std::string received = "*";
  for (const Happened& event : events_in(said.output)) {
    EXPECT_EQ(event.client, "conn0");
    if (event.what == "sending") sent += event.text;
    if (event.what == "received") received += event.text;
  }
  EXPECT_EQ(sent, "^abc$de^abte$fxyz^12325$^ab0000$abab");
  EXPECT_EQ(received, article_answer);
  EXPECT_EQ(lab::Json::parse(said.output).at("schema").text_or(""), "weir.client/1");
}

TEST(ArticleClient, LogsForPeopleAndDrawsLanes) {
  const lab::Server server = serve_framed({"-l", "127.0.0.1:0"});
  const Said said = run_weir({"client", "framed", "-n", "2", "--pace", "0.01", "--lanes",
                              server.host, std::to_string(server.port)});
  ASSERT_EQ(said.code, 0) << said;
  for (const char* part : {"conn0 connected...", "conn1 sending '^abc$de^abte$f'", "conn0 received",
                           "conn1 disconnecting", "conn0 |", "conn1 |", "Elapsed: "}) {
    EXPECT_NE(said.output.find(part), std::string::npos) << part << "\n" << said;
  }
}

TEST(ArticleClient, DrawsLanesAsAPicture) {
  const lab::Server server = serve_framed({"-l", "127.0.0.1:0"});
  const Said said = run_weir({"client", "framed", "-n", "2", "--pace", "0.01", "--svg", "-",
                              server.host, std::to_string(server.port)});
  ASSERT_EQ(said.code, 0) << said;
  EXPECT_EQ(said.output.rfind("<svg ", 0), 0u) << said;
  for (const char* part : {"framed: who waits for whom", ">conn0<", ">conn1<", "</svg>"}) {
    EXPECT_NE(said.output.find(part), std::string::npos) << part << "\n" << said;
  }
}

TEST(ArticleClient, SaysThatNobodyListens) {
  const std::string port = [] {
    const LyingServer gone({});
    return gone.port();
  }();
  const Said said = run_weir({"client", "framed", "-n", "2", "127.0.0.1", port});
  EXPECT_EQ(said.code, 3);
  EXPECT_EQ(said.errors,
            std::vector<std::string>{
                fmt::format("weir: 2 of 2 clients failed at 127.0.0.1:{}; the first: can't connect "
                            "(Connection refused); is the server running?",
                            port)});
}

class LyingServers : public testing::TestWithParam<Lie> {};

std::vector<Lie> lies() {
  std::vector<Lie> all;
  for (const Lie::Kind kind : {Lie::Kind::alter, Lie::Kind::drop, Lie::Kind::add}) {
    const std::size_t last = article_answer.size() - 1;
    for (const std::size_t at : {std::size_t{1}, last / 2, last}) all.push_back({kind, at});
    // A server that doesn't greet is not one that lies: it may be busy with others.
    if (kind != Lie::Kind::drop) all.push_back({kind, 0});
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Cli, LyingServers, testing::ValuesIn(lies()),
                         [](const auto& instance) { return instance.param.name(); });

TEST_P(LyingServers, AreFoundOutByTheClient) {
  const LyingServer server(GetParam());
  const Said said = run_weir({"client", "framed", "--pace", "0.01", "127.0.0.1", server.port()});
  EXPECT_EQ(said.code, 3) << said;
  ASSERT_EQ(said.errors.size(), 1u) << said;
  const std::string sentence = "weir: 1 of 1 clients failed at 127.0.0.1:" + server.port() + "; ";
  EXPECT_EQ(said.errors[0].substr(0, sentence.size()), sentence);
}

TEST(ATrueServer, IsNotCalledALiar) {
  const LyingServer server({});
  const Said said = run_weir({"client", "framed", "--pace", "0.01", "127.0.0.1", server.port()});
  EXPECT_EQ(said.code, 0) << said;
}

}  // namespace
}  // namespace weir::test
