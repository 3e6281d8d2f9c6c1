// curl against weir's http, and handlers of one's own (examples/http_hello).
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lab/process.hpp"
#include "support/client.hpp"
#include "support/http_answers.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

constexpr const char* curl_path = "/usr/bin/curl";
constexpr std::size_t upload_bytes = 1'000'000;

/// A file of text that goes when it goes.
class Upload {
 public:
  Upload()
      : path_(std::filesystem::temp_directory_path() / fmt::format("weir_http_{}", ::getpid())) {
    for (std::size_t i = 0; text_.size() < upload_bytes; ++i) text_ += fmt::format("line {}\n", i);
    std::ofstream(path_, std::ios::binary) << text_;
  }
  ~Upload() { std::filesystem::remove(path_); }
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;
  const std::string& path() const { return path_; }
  const std::string& text() const { return text_; }

 private:
  const std::string path_;
  std::string text_;
};

class HttpCurl : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(curl_path)) GTEST_SKIP() << "curl is not installed";
    if (is_left_out(GetParam())) GTEST_SKIP() << "weir was built without its library";
    server_.emplace(
        lab::start_server({weir_path(), "serve", "http", "-l", "127.0.0.1:0", "-m", GetParam()}));
  }

  std::string url(const std::string& path) const {
    return fmt::format("http://{}:{}{}", server_->host, server_->port, path);
  }
  /// What curl prints; the test fails unless it is content.
  static std::string curl(const std::vector<std::string>& words) {
    std::vector<std::string> argv{curl_path, "--silent", "--show-error", "--max-time", "60"};
    argv.insert(argv.end(), words.begin(), words.end());
    lab::Process process = lab::Process::start(argv);
    std::string output = process.read_output_all();
    EXPECT_EQ(process.wait(), 0) << process.take_errors();
    return output;
  }

  std::optional<lab::Server> server_;
};

TEST_P(HttpCurl, KeepsItsConnection) {
  const std::string count = " %{num_connects} %{http_code}\n";
  EXPECT_EQ(curl({"--write-out", count, url("/plaintext"), url("/plaintext"), url("/healthz")}),
            "Hello, World! 1 200\nHello, World! 0 200\nok\n 0 200\n");
}

TEST_P(HttpCurl, SendsABodyOfALength) {
  const Upload upload;
  EXPECT_EQ(difference(upload.text(), curl({"--data-binary", "@" + upload.path(), url("/echo")})),
            "");
}

TEST_P(HttpCurl, SendsABodyInChunksOnceItIsToldTo) {
  const Upload upload;
  const std::vector<std::string> chunked{"--data-binary",
                                         "@" + upload.path(),
                                         "--header",
                                         "Transfer-Encoding: chunked",
                                         "--header",
                                         "Expect: 100-continue",
                                         "--expect100-timeout",
                                         "50",
                                         "--verbose",
                                         url("/echo"),
                                         url("/echo")};
  EXPECT_EQ(difference(upload.text() + upload.text(), curl(chunked)), "");
}

TEST_P(HttpCurl, AsksForHeads) {
  const std::string heads = curl({"--head", url("/plaintext"), url("/plaintext")});
  const std::vector<HttpAnswer> answers = http_answers(heads, Bodies::left_out);
  ASSERT_EQ(answers.size(), 2u);
  for (const HttpAnswer& answer : answers) EXPECT_TRUE(answer.has("Content-Length: 13"));
}

TEST_P(HttpCurl, HearsThatItsBodyIsTooLarge) {
  const Upload upload;
  const std::string code = "%{http_code}";
  EXPECT_EQ(curl({"--output", "/dev/null", "--write-out", code, "--header", "Expect: 100-continue",
                  "--data-binary", "@" + upload.path(), "--data-binary", "@" + upload.path(),
                  url("/echo")}),
            "413");
}

INSTANTIATE_TEST_SUITE_P(Models, HttpCurl,
                         testing::Values("epoll", "uring", "thread", "fork", "pool", "fiber"),
                         [](const auto& each) { return each.param; });

/// examples/http_hello: handlers that answer at once, and one that waits.
class HttpHandlers : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (is_left_out(GetParam())) GTEST_SKIP() << "weir was built without its library";
  }
  lab::Server server_ = lab::start_server(
      {built_path("examples/http_hello"), "serve", "-l", "127.0.0.1:0", "-m", GetParam()});
};

TEST_P(HttpHandlers, AnswerInOrderThoughOneWaits) {
  Client client(server_.host, server_.port);
  client.send(
      "GET /hello/you HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /later HTTP/1.1\r\nHost: a\r\n\r\n"
      "POST /reversed HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
      "HEAD /later HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /hello/ HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /hello/you/too HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /reversed HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(receive_answer(client).body, "Hello, you!\n");
  EXPECT_EQ(receive_answer(client).body, "at last, /later\n");
  EXPECT_EQ(receive_answer(client).body, "cba");
  client.finish();
  std::string rest = client.receive_to_end();
  const std::size_t head = rest.find("\r\n\r\n") + 4;
  EXPECT_EQ(http_answers(rest.substr(0, head), Bodies::left_out).at(0).status, "200");
  const std::vector<HttpAnswer> answers = http_answers(rest.substr(head));
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_EQ(answers[0].status, "404");
  EXPECT_EQ(answers[1].status, "404");
  EXPECT_EQ(answers[2].status, "405");
  EXPECT_TRUE(answers[2].has("Allow: POST"));
}

TEST_P(HttpHandlers, ThatFailAreAnsweredForAndEndOnlyTheirConnection) {
  lab::Server failing = lab::start_server(
      {built_path("tests/programs/failing"), "serve", "-l", "127.0.0.1:0", "-m", GetParam()});
  const std::string well = "GET /well HTTP/1.1\r\nHost: a\r\n\r\n";
  for (const std::string path : {"/now", "/later"}) {
    Client client(failing.host, failing.port);
    client.send(well + "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n" + well);
    const std::vector<HttpAnswer> answers = http_answers(client.receive_to_end());
    ASSERT_EQ(answers.size(), 2u);
    EXPECT_EQ(answers[0].body, "well\n");
    EXPECT_EQ(answers[1].status, "500");
    EXPECT_TRUE(answers[1].has("Connection: close"));
    const auto line = failing.process.read_error_line(patience);
    EXPECT_NE(line.value_or("").find("nobody can answer " + path), std::string::npos)
        << line.value_or("nothing");
  }
}

INSTANTIATE_TEST_SUITE_P(Models, HttpHandlers, testing::ValuesIn(model_names()),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace weir::test
