// Bodies in pieces, both ways (examples/http_streams), under every model.
#include <regex>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/http_answers.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

std::string without_dates(const std::string& answers) {
  static const std::regex date("Date: [^\r]*\r\n");
  return std::regex_replace(answers, date, "");
}

const std::string head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nTransfer-Encoding: "
    "chunked\r\n\r\n";

std::string chunk(const std::string& content) {
  return fmt::format("{:x}\r\n{}\r\n", content.size(), content);
}

std::string post(const std::string& path, const std::string& fields, const std::string& body) {
  return fmt::format("POST {} HTTP/1.1\r\nHost: a\r\n{}\r\n{}", path, fields, body);
}

class HttpStreams : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (is_left_out(GetParam())) GTEST_SKIP() << "weir was built without its library";
  }

  lab::Server start(const std::string& program, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> argv{built_path(program), "serve", "-l",
                                  "127.0.0.1:0",       "-m",    GetParam()};
    argv.insert(argv.end(), more.begin(), more.end());
    return lab::start_server(argv);
  }

  /// What the server answers in all, without its dates.
  static std::string answers_to(const lab::Server& server, const std::string& requests) {
    Client client(server.host, server.port);
    client.send(requests);
    client.finish();
    return without_dates(client.receive_to_end());
  }
};

TEST_P(HttpStreams, AnswerInOrderOnOneConnection) {
  const lab::Server server = start("examples/http_streams");
  const std::string line(63, 'a');
  EXPECT_EQ(answers_to(server, post("/count", "Transfer-Encoding: chunked\r\n",
                                    "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nT: t\r\n\r\n") +
                                   "HEAD /lines/3 HTTP/1.1\r\nHost: a\r\n\r\n" +
                                   "GET /lines/1 HTTP/1.1\r\nHost: a\r\n\r\n" +
                                   post("/upper", "Content-Length: 4\r\n", "a1-z") +
                                   post("/count", "Content-Length: 0\r\n", "") +
                                   "GET /lines/1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
            head + chunk("7 bytes\n") + "0\r\n\r\n" + head + head + chunk(line + "\n") +
                "0\r\n\r\n" + head + chunk("A1-Z") + "0\r\n\r\n" + head + chunk("0 bytes\n") +
                "0\r\n\r\n" +
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: "
                "close\r\n\r\n" +
                line + "\n");
}

TEST_P(HttpStreams, TellAClientThatWaitsToSend) {
  const lab::Server server = start("examples/http_streams");
  Client client(server.host, server.port);
  client.send(post("/count", "Content-Length: 3\r\nExpect: 100-continue\r\n", ""));
  const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_EQ(client.receive(go_on.size()), go_on);
  client.send("abc");
  client.finish();
  EXPECT_EQ(without_dates(client.receive_to_end()), head + chunk("3 bytes\n") + "0\r\n\r\n");
}

/// The status of the last answer, behind which the connection ends.
std::string last_status(const std::string& answers) {
  const std::size_t last = answers.rfind("HTTP/1.1 ");
  EXPECT_NE(answers.find("Connection: close\r\n", last), std::string::npos) << answers;
  return last == std::string::npos ? answers : answers.substr(last + 9, 3);
}

TEST_P(HttpStreams, RefuseBodiesThatDoNotComeAsTheyShould) {
  const lab::Server server =
      start("examples/http_streams", {"--streamed-body-max", "1KiB", "--body-deadline", "100ms"});
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  const std::string more = "GET /lines/1 HTTP/1.1\r\nHost: a\r\n\r\n";
  const auto status = [&](const std::string& request) {
    return last_status(answers_to(server, request + more));
  };
  EXPECT_EQ(status(post("/count", chunked, "3\r\nabc\r\nx\r\n")), "400");
  EXPECT_EQ(status(post("/count", chunked, "401\r\n" + std::string(0x401, 'a') + "\r\n0\r\n\r\n")),
            "413");
  EXPECT_EQ(status(post("/count", "Content-Length: 1025\r\n", std::string(1025, 'a'))), "413");
  Client late(server.host, server.port);
  late.send(post("/count", "Content-Length: 3\r\n", "a"));
  EXPECT_EQ(last_status(late.receive_to_end()), "408");
}

TEST_P(HttpStreams, EndInTheMiddleWhenTheirHandlerFails) {
  lab::Server server = start("tests/programs/failing");
  const std::string begun = answers_to(server, "GET /midway HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(begun, head + chunk("some") + chunk("more"));
  EXPECT_EQ(last_status(answers_to(server, "GET /silent HTTP/1.1\r\nHost: a\r\n\r\n")), "500");
  for (const char* const why : {"nobody can go on", "a handler has given no answer"}) {
    const std::string line = server.process.read_error_line(patience).value_or("nothing");
    EXPECT_NE(line.find(why), std::string::npos) << line;
  }
}

TEST_P(HttpStreams, EndWhereOnlyTheHeadIsAskedFor) {
  const lab::Server server = start("tests/programs/failing");
  const std::string well =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: "
      "5\r\n\r\nwell\n";
  EXPECT_EQ(answers_to(server,
                       "HEAD /endless HTTP/1.1\r\nHost: a\r\n\r\n"
                       "GET /well HTTP/1.1\r\nHost: a\r\n\r\n"),
            head + well);
}

TEST_P(HttpStreams, AreAnsweredWhenAStreamOfTheHandlersOwnFails) {
  const lab::Server server = start("tests/programs/failing");
  EXPECT_EQ(last_status(answers_to(server, "GET /elsewhere HTTP/1.1\r\nHost: a\r\n\r\n")), "500");
}

/// Nor has the answer to HEAD content when it is an error.
TEST_P(HttpStreams, RefuseWithoutContentWhereOnlyTheHeadIsAskedFor) {
  const lab::Server server = start("tests/programs/failing");
  const auto expect_head = [&](const std::string& request, const std::string& status) {
    const std::string answer = answers_to(server, request);
    EXPECT_EQ(last_status(answer), status);
    EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
  };
  expect_head("HEAD /silent HTTP/1.1\r\nHost: a\r\n\r\n", "500");
  expect_head("HEAD /now HTTP/1.1\r\nHost: a\r\n\r\n", "500");
  expect_head("HEAD /well HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", "417");
}

/// More than is read at once, and not more than is dropped: closing with some of it unread would take the
/// answer back.
TEST_P(HttpStreams, TellOfAFailureToWhoStillSends) {
  const lab::Server server = start("tests/programs/failing");
  constexpr std::size_t size = std::size_t{72} << 10;
  Client client(server.host, server.port);
  client.send(post("/silent", fmt::format("Content-Length: {}\r\n", size), std::string(size, 'a')));
  EXPECT_EQ(receive_answer(client).status, "500");
  EXPECT_EQ(client.wait_for_end(), Client::Ending::closed);
}

/// A body that nobody has read is not taken for a request.
TEST_P(HttpStreams, EndBehindABodyThatNobodyHasRead) {
  const lab::Server server = start("tests/programs/failing");
  const std::string smuggled = "GET /well HTTP/1.1\r\nHost: a\r\n\r\n";
  EXPECT_EQ(
      answers_to(server,
                 post("/unread", fmt::format("Content-Length: {}\r\n", smuggled.size()), smuggled)),
      head + chunk("enough") + "0\r\n\r\n");
}

TEST_P(HttpStreams, WaitForAClientThatTakesNothing) {
  const lab::Server server = start("examples/http_streams", {"--write-timeout", "200ms"});
  Client client(server.host, server.port, {.socket_buffer_bytes = 4096});
  client.send("GET /lines/100000000 HTTP/1.1\r\nHost: a\r\n\r\n");
  client.wait_until_dropped();
}

INSTANTIATE_TEST_SUITE_P(Models, HttpStreams, testing::ValuesIn(model_names()),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace weir::test
