// weir's http over real sockets: every transcript of tests/http, whole and cut, and what only a
// connection shows.
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/http_answers.hpp"
#include "support/http_cases.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

const std::string get_plaintext = "GET /plaintext HTTP/1.1\r\nHost: a\r\n\r\n";

class Http : public testing::TestWithParam<ServerKind> {
 protected:
  static lab::Server start(const std::vector<std::string>& more) {
    std::vector<std::string> argv = GetParam().argv;
    argv.insert(argv.end(), more.begin(), more.end());
    return lab::start_server(argv);
  }
  static Client connect(const lab::Server& server) { return Client(server.host, server.port); }
};

/// The answers to `bytes`, cut at `cuts`: each piece is sent once the one before has been read.
std::string answer_to(const RunningServer& server, std::string_view bytes,
                      const std::vector<std::size_t>& cuts) {
  Client client = server.connect_silently();
  std::size_t from = 0;
  for (const std::size_t cut : cuts) {
    client.send(bytes.substr(from, cut - from));
    client.wait_until_taken();
    from = cut;
  }
  client.send(bytes.substr(from));
  client.finish();
  return client.receive_to_end();
}

/// Compares what was answered to what the case says; 100 (Continue) depends on the cuts.
void expect_outcomes(const HttpCase& each, const std::string& bytes) {
  std::vector<HttpAnswer> answers = http_answers(bytes);
  std::erase_if(answers, [](const HttpAnswer& answer) { return answer.status == "100"; });
  std::vector<HttpOutcome> outcomes = each.outcomes;
  std::erase_if(outcomes, [](const HttpOutcome& outcome) { return outcome.what == "cut"; });
  ASSERT_EQ(answers.size(), outcomes.size()) << bytes.substr(0, 1000);
  const bool shows_bodies = each.bytes.starts_with("POST /echo ");
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const std::string expected = outcomes[i].what == "ok" ? "200" : outcomes[i].what;
    EXPECT_EQ(answers[i].status, expected);
    for (const std::string& about : outcomes[i].about) {
      if (i > 0 || !shows_bodies || !about.starts_with("body ")) continue;
      EXPECT_EQ(difference(about.substr(5), answers[i].body), "");
    }
    const bool last = i + 1 == outcomes.size();
    EXPECT_TRUE(expected == "200" || (last && answers[i].has("Connection: close")));
  }
}

TEST_P(Http, AnswersEveryTranscriptWholeAndCut) {
  RunningServer server(GetParam());
  for (const HttpCase& each : http_cases()) {
    SCOPED_TRACE(each.name);
    const std::size_t size = each.bytes.size();
    std::vector<std::vector<std::size_t>> all{{}, {size - 1}, {size / 3, size / 2}};
    for (const std::vector<std::size_t>& cuts : all) {
      if (!cuts.empty() && cuts.front() == 0) continue;
      ASSERT_NO_FATAL_FAILURE(expect_outcomes(each, answer_to(server, each.bytes, cuts)));
    }
  }
  server.expect_to_drain();
}

TEST_P(Http, AnswersAHundredRequestsThatComeAtOnceInTheirOrder) {
  RunningServer server(GetParam());
  std::string requests;
  for (int i = 0; i < 100; ++i) {
    requests += fmt::format("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{:02}", i);
  }
  const std::vector<HttpAnswer> answers = http_answers(answer_to(server, requests, {}));
  ASSERT_EQ(answers.size(), 100u);
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(answers[i].body, fmt::format("{:02}", i));
}

TEST_P(Http, ShowsWhatItReceived) {
  RunningServer server(GetParam());
  const std::string request =
      "PUT /a?b HTTP/1.1\r\nHost: a\r\nX: \xff\r\nContent-Length: 3\r\n\r\n\"\n\x80";
  const HttpAnswer shown = http_answers(answer_to(server, request, {})).at(0);
  EXPECT_EQ(shown.body, request);
  EXPECT_TRUE(shown.has("Content-Type: text/plain; charset=utf-8"));
  std::string as_json = request;
  const HttpAnswer json = http_answers(answer_to(server, as_json.replace(4, 4, "/json"), {})).at(0);
  EXPECT_TRUE(json.has("Content-Type: application/json"));
  EXPECT_EQ(json.body,
            "{\"method\":\"PUT\",\"target\":\"/json\",\"version\":\"1.1\",\"headers\":[[\"Host\","
            "\"a\"],[\"X\",\"\\u00ff\"],[\"Content-Length\",\"3\"]],\"body\":"
            "\"\\\"\\u000a\\u0080\"}\n");
}

TEST_P(Http, LeavesTheBodyOutForHead) {
  RunningServer server(GetParam());
  std::string request = get_plaintext;
  const std::string with_body = answer_to(server, request, {});
  const std::string without = answer_to(server, request.replace(0, 3, "HEAD"), {});
  const HttpAnswer get = http_answers(with_body).at(0);
  const HttpAnswer head = http_answers(without, Bodies::left_out).at(0);
  EXPECT_EQ(get.body, "Hello, World!");
  EXPECT_EQ(head.status, "200");
  EXPECT_TRUE(head.has("Content-Length: 13"));
  EXPECT_TRUE(without.ends_with("\r\n\r\n"));
  EXPECT_EQ(get.fields.size(), head.fields.size());
}

TEST_P(Http, RefusesAMethodThatAPathHasNot) {
  RunningServer server(GetParam());
  const std::string request = "PUT /plaintext HTTP/1.1\r\nHost: a\r\n\r\n" + get_plaintext;
  const std::vector<HttpAnswer> answers = http_answers(answer_to(server, request, {}));
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[0].status, "405");
  EXPECT_TRUE(answers[0].has("Allow: GET, HEAD"));
  EXPECT_EQ(answers[1].status, "200");
}

TEST_P(Http, SaysWhetherTheConnectionIsKept) {
  RunningServer server(GetParam());
  const auto ask = [&server](const std::string& request) {
    return http_answers(answer_to(server, request, {})).at(0);
  };
  const HttpAnswer kept = ask(get_plaintext);
  EXPECT_FALSE(kept.has("Connection: close") || kept.has("Connection: keep-alive"));
  EXPECT_TRUE(ask("GET / HTTP/1.0\r\n\r\n").has("Connection: close"));
  EXPECT_TRUE(
      ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").has("Connection: keep-alive"));
}

TEST_P(Http, TellsAClientToGoOnOnlyWhenItWaits) {
  RunningServer server(GetParam());
  const std::string head =
      "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";
  Client client = server.connect_silently();
  client.send(head);
  EXPECT_EQ(receive_answer(client).status, "100");
  client.send("abc");
  EXPECT_EQ(receive_answer(client).body, "abc");
  client.send(head + "def");
  EXPECT_EQ(receive_answer(client).body, "def");
  client.send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
      "Content-Length: 9999999\r\n\r\n");
  EXPECT_EQ(receive_answer(client).status, "413");
  EXPECT_EQ(client.receive_to_end(), "");
}

// What isn't read any more would make the kernel reset the connection, and the answer be lost.
TEST_P(Http, LingersSoThatARefusalArrives) {
  RunningServer server(GetParam());
  for (int i = 0; i < 20; ++i) {
    Client client = server.connect_silently();
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n" +
                std::string(40'000, 'x'));
    EXPECT_EQ(http_answers(client.receive_to_end()).at(0).status, "413");
  }
}

TEST_P(Http, EndsAConnectionThatIsIdleForTooLong) {
  const lab::Server server = start({"--keep-alive", "50ms", "--header-deadline", "50ms"});
  Client silent = connect(server);
  EXPECT_EQ(silent.receive_to_end(), "");
  Client idle = connect(server);
  idle.send(get_plaintext);
  EXPECT_EQ(http_answers(idle.receive_to_end()).size(), 1u);
}

/// Sends `bytes` and then one byte after the other for as long as the server bears it; returns its
/// answers.
std::string trickle(Client client, const std::string& bytes) {
  client.send(bytes);
  while (!client.has_answer()) {
    client.send("x");
    client.wait_until_taken();
  }
  client.finish();
  return client.receive_to_end();
}

// By no byte is a deadline put off.
TEST_P(Http, EndsARequestThatComesTooSlowly) {
  const lab::Server server = start({"--header-deadline", "100ms", "--header-deadline-max", "100ms",
                                    "--body-deadline", "100ms", "--bytes-a-second-min", "1000000",
                                    "--header-max", "1MiB", "--body-max", "1GiB"});
  const std::string head = "POST /echo HTTP/1.1\r\nHost: a\r\n";
  const auto in_head = http_answers(trickle(connect(server), head + "X: "));
  EXPECT_EQ(in_head.at(0).status, "408");
  const auto in_body =
      http_answers(trickle(connect(server), head + "Content-Length: 900000000\r\n\r\n"));
  EXPECT_EQ(in_body.at(0).status, "408");
}

TEST_P(Http, HasLimitsThatCanBeChosen) {
  const lab::Server server = start({"--request-line-max", "20B", "--header-max", "40B",
                                    "--header-fields-max", "2", "--body-max", "5B"});
  const std::vector<std::pair<std::string, std::string>> asked{
      {"GET /1234 HTTP/1.1\r\nHost: a\r\n\r\n", "200"},
      {"GET /12345678 HTTP/1.1\r\nHost: a\r\n\r\n", "414"},
      {"GET / HTTP/1.1\r\nHost: a\r\nA: 345678901234567890123456789\r\n\r\n", "431"},
      {"GET / HTTP/1.1\r\nHost: a\r\nB:\r\nC:\r\n\r\n", "431"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n123456", "413"}};
  for (const auto& [request, status] : asked) {
    Client client = connect(server);
    client.send(request);
    client.finish();
    EXPECT_EQ(http_answers(client.receive_to_end()).at(0).status, status) << request;
  }
}

INSTANTIATE_TEST_SUITE_P(Models, Http, testing::ValuesIn(one_worker_servers("http")),
                         instance_name);

}  // namespace
}  // namespace weir::test
