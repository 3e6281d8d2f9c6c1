// What the load generator makes of answers.
#include "http/client.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <weir/service.hpp>

#include "http/answer.hpp"
#include "http/receiver.hpp"

namespace weir::http {
namespace {

/// Whether the answer has ended with the last of its bytes, cut in two at `cut`, and not before.
bool ends_at_its_end(const std::string& answer, std::size_t cut) {
  AnswerReader reader;
  const std::string first = answer.substr(0, cut);
  std::string_view piece = first;
  if (reader.take(piece)) return false;
  piece = std::string_view(answer).substr(cut);
  return reader.take(piece) && piece.empty();
}

TEST(HttpAnswer, EndsWhereItSaysAtEverySplit) {
  for (const std::string& answer : std::vector<std::string>{
           "HTTP/1.1 200 OK\r\ncontent-length: 3\r\nX: y\r\n\r\nabc",
           "HTTP/1.1 404 \r\nContent-Length:  0 \r\n\r\n",
           "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nA: b\r\n\r\n",
           "HTTP/1.1 204 No Content\r\n\r\n"}) {
    for (std::size_t cut = 1; cut < answer.size(); ++cut) {
      EXPECT_TRUE(ends_at_its_end(answer, cut)) << answer << cut;
    }
    AnswerReader reader;
    std::string_view piece = answer;
    EXPECT_TRUE(reader.take(piece));
    EXPECT_TRUE(piece.empty());
  }
}

TEST(HttpAnswer, IsRefusedWhenItIsNone) {
  for (const std::string& answer : std::vector<std::string>{
           "HTTP/1.1 200 OK\r\nContent-Length: 3x\r\n\r\nabc", "HTTP/1.1 200 OK\r\n\r\nabc",
           "HTTP/1.1 200 OK\r\nContent-Length\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n",
           "SSH-2.0-OpenSSH\r\n\r\n",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"}) {
    AnswerReader reader;
    std::string_view piece = answer;
    EXPECT_THROW(reader.take(piece), ProtocolError) << answer;
  }
}

TEST(HttpAnswer, LeavesWhatIsBehindIt) {
  AnswerReader reader;
  std::string_view piece = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcd";
  EXPECT_TRUE(reader.take(piece));
  EXPECT_EQ(piece, "d");
}

TEST(HttpAnswers, AreCountedHoweverTheyAreCut) {
  const std::string answers =
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"
      "HTTP/1.1 204 No Content\r\n\r\n"
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"
      "HTTP/1.1 304 Not Modified\r\n\r\n";
  const Answers fresh = exchanges("/").answers("");
  for (std::size_t step = 1; step <= answers.size(); ++step) {
    Answers take = fresh;
    std::size_t ended = 0;
    for (std::size_t at = 0; at < answers.size(); at += step) {
      ended += take(std::string_view(answers).substr(at, step));
    }
    EXPECT_EQ(ended, 4u) << step;
  }
  Answers take = fresh;
  EXPECT_THROW(take("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"), ProtocolError);
}

TEST(HttpBrowser, SendsTwelveFieldsAndIsUnderstood) {
  const std::string request = browser_request("/a?b");
  const Limits limits;
  Receiver receiver(limits);
  std::string_view rest = request;
  ASSERT_EQ(receiver.take(rest), Progress::done);
  EXPECT_EQ(receiver.request().field_count(), 12u);
  EXPECT_EQ(receiver.request().target(), "/a?b");
  EXPECT_TRUE(receiver.keep_alive());
  for (const char* none : {"a", "", "/a b", "/\r\n", "/#a"}) {
    EXPECT_THROW(browser_request(none), std::invalid_argument) << none;
  }
}

}  // namespace
}  // namespace weir::http
