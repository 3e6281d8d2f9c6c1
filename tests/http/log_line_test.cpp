// The lines of the access log: what a client sends can't end one, nor a field of it.
#include "http/log_line.hpp"

#include <string>

#include <gtest/gtest.h>

namespace weir::http {
namespace {

constexpr timespec launch{1764133232, 123'456'789};

/// The line for a GET with these fields.
std::string line_of(LogFormat format, const std::string& target, const std::string& fields) {
  const std::string text = "GET " + target + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
  const Limits limits{.header_bytes = 64 * 1024};
  Head head;
  EXPECT_EQ(read_head(text, limits, head), Progress::done);
  const Request request(head, "");
  std::string line;
  append_line(
      line, format,
      {.client = "192.0.2.1", .request = &request, .status = 200, .bytes = 13, .time = launch});
  return line;
}

TEST(LogLine, IsAsOtherServersHaveIt) {
  EXPECT_EQ(line_of(LogFormat::combined, "/a?b=c", "Referer: http://x/\r\nUser-Agent: b/1\r\n"),
            "192.0.2.1 - - [26/Nov/2025:05:00:32 +0000] \"GET /a?b=c HTTP/1.1\" 200 13 "
            "\"http://x/\" \"b/1\"\n");
  EXPECT_EQ(line_of(LogFormat::combined, "/", ""),
            "192.0.2.1 - - [26/Nov/2025:05:00:32 +0000] \"GET / HTTP/1.1\" 200 13 \"-\" \"-\"\n");
}

TEST(LogLine, IsAnObject) {
  EXPECT_EQ(line_of(LogFormat::json, "/a", "User-Agent: b/1\r\n"),
            R"({"time":"2025-11-26T05:00:32.123Z","client":"192.0.2.1","method":"GET",)"
            R"("target":"/a","version":"1.1","status":200,"bytes":13,"referer":"",)"
            R"("user_agent":"b/1"})"
            "\n");
}

TEST(LogLine, EscapesWhatWouldEndAField) {
  const std::string field = "User-Agent: a\" \\ \t\xc3\xa9\r\n";
  EXPECT_NE(line_of(LogFormat::combined, "/", field).find(R"("a\x22 \x5c \x09\xc3\xa9")"),
            std::string::npos);
  EXPECT_NE(line_of(LogFormat::json, "/", field).find(R"("a\" \\ \u0009\u00c3\u00a9")"),
            std::string::npos);
}

TEST(LogLine, TellsOfTheFirstLineOfWhatWasRefused) {
  std::string line;
  append_line(line, LogFormat::combined,
              {.client = "192.0.2.1",
               .begin = "\r\nGET \x1b[2J\" x\r\nA: b",
               .status = 400,
               .bytes = 16,
               .time = launch});
  EXPECT_EQ(line,
            "192.0.2.1 - - [26/Nov/2025:05:00:32 +0000] \"GET \\x1b[2J\\x22 x\" 400 16 \"-\" "
            "\"-\"\n");
}

TEST(LogLine, HasABound) {
  const std::string quotes(7000, '"');
  for (const LogFormat format : {LogFormat::combined, LogFormat::json}) {
    const std::string line = line_of(format, "/" + std::string(7000, '"'),
                                     "Referer: " + quotes + "\r\nUser-Agent: " + quotes + "\r\n");
    EXPECT_LE(line.size(), log_line_bytes_max);
    EXPECT_GT(line.size(), 3000u);
    EXPECT_NE(line.find("..."), std::string::npos);
    EXPECT_EQ(line.find('\n'), line.size() - 1);
  }
}

TEST(LogLine, TakesAnotherNumberOfBytes) {
  std::string lines = "before\n";
  const BytesPlace place =
      append_line(lines, LogFormat::combined, {.client = "-", .status = 200, .bytes = 5});
  put_bytes(lines, place, 12345);
  EXPECT_NE(lines.find(" 200 12345 \"-\" \"-\"\n"), std::string::npos) << lines;
}

}  // namespace
}  // namespace weir::http
