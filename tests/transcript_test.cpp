#include "load/transcript.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace weir::load {
namespace {

using namespace std::chrono_literals;
using Kind = Step::Kind;

std::string error_of(std::string_view text) {
  try {
    parse_transcript(text, "talk");
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "no error";
}

std::string sent(std::string_view line) {
  return sent_bytes(parse_transcript(line, "talk"));
}

TEST(Transcript, ReadsEveryKindOfStepInOrder) {
  const Transcript talk = parse_transcript(
      "# a greeting\n"
      "expect \"*\"\n"
      "\n"
      "send \"^abc$\"   # and a comment behind a step\n"
      "pause 20ms\r\n"
      "expect \"bcd\"\n"
      "finish\n"
      "end",
      "talk");
  EXPECT_EQ(talk.name, "talk");
  std::vector<Kind> kinds;
  std::vector<std::size_t> lines;
  for (const Step& step : talk.steps) {
    kinds.push_back(step.kind);
    lines.push_back(step.line);
  }
  EXPECT_EQ(kinds, (std::vector{Kind::expect, Kind::send, Kind::pause, Kind::expect, Kind::finish,
                                Kind::end}));
  EXPECT_EQ(lines, (std::vector<std::size_t>{2, 4, 5, 6, 7, 8}));
  EXPECT_EQ(talk.steps[2].pause, 20ms);
  EXPECT_EQ(sent_bytes(talk), "^abc$");
  EXPECT_EQ(expected_bytes(talk), "*bcd");
}

TEST(Transcript, UnderstandsEscapes) {
  EXPECT_EQ(sent(R"(send "\n\r\t\\\"\x41\xfF\x00\0#")"), std::string("\n\r\t\\\"A\xff\0\0#", 10));
}

TEST(Transcript, JoinsAndRepeatsStrings) {
  EXPECT_EQ(sent(R"(send "a" "b" * 3 "" * 9 "c")"), "abbbc");
  EXPECT_EQ(sent(R"(send "a"*2 "b"*0)"), "aa");
  EXPECT_EQ(sent("send \"x\" * 5000000\n").size(), 5'000'000u);
}

TEST(Transcript, ReadsDurationsInEveryUnit) {
  const auto pause = [](std::string_view line) {
    return parse_transcript(line, "talk").steps[0].pause;
  };
  EXPECT_EQ(pause("pause 1s"), 1s);
  EXPECT_EQ(pause("pause 0.2s"), 200ms);
  EXPECT_EQ(pause("pause 15us"), 15us);
  EXPECT_EQ(pause("pause 7ns"), 7ns);
}

TEST(Transcript, ErrorsNameFileLineAndCause) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"\nsent \"a\"", "talk:2: there is no step 'sent' (only send, expect, pause, finish, end)"},
      {"send", "talk:1: a string in double quotes is missing here"},
      {"send # \"a\"", "talk:1: a string in double quotes is missing here"},
      {"send abc", "talk:1: a string starts with a double quote, not with a"},
      {"send \"abc", "talk:1: the closing quote is missing"},
      {"send \"abc\\", "talk:1: the closing quote is missing"},
      {"send \"\\q\"", "talk:1: there is no escape \\q (only \\n \\r \\t \\0 \\\\ \\\" \\xHH)"},
      {"send \"\\xg0\"", "talk:1: \\x takes two hexadecimal digits"},
      {"send \"\\x1\"", "talk:1: \\x takes two hexadecimal digits"},
      {"send \"a\" * x", "talk:1: after * stands how often the string is repeated"},
      {"send \"a\" *", "talk:1: after * stands how often the string is repeated"},
      {"send \"a\" * -1", "talk:1: after * stands how often the string is repeated"},
      {"send \"ab\" * 99999999999", "talk:1: this comes to more than 67108864 bytes"},
      {"pause 20", "talk:1: a pause is a number and its unit (ns, us, ms, s), for example 20ms"},
      {"pause -1s", "talk:1: a pause is a number and its unit (ns, us, ms, s), for example 20ms"},
      {"pause", "talk:1: a pause is a number and its unit (ns, us, ms, s), for example 20ms"},
      {"finish now", "talk:1: nothing may follow 'finish' here"},
      {"finish\nsend \"a\"", "talk:2: the client has finished sending already"},
      {"finish\nfinish", "talk:2: the client has finished sending already"},
      {"end\nexpect \"a\"", "talk:2: nothing can follow 'end'"},
      {"# nothing\n", "talk: there is no step"},
      {"", "talk: there is no step"},
  };
  for (const auto& [text, message] : cases) EXPECT_EQ(error_of(text), message) << text;
}

TEST(Transcript, NamesTheFileThatCannotBeRead) {
  try {
    read_transcript("no/such/file.txt");
    FAIL() << "it was read";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "no/such/file.txt can't be read");
  }
  EXPECT_THROW(read_transcripts("no/such/folder"), std::runtime_error);
}

TEST(Transcript, ReadsTheFilesOfTheFramedProtocol) {
  const auto all =
      read_transcripts(std::filesystem::path(WEIR_SOURCE_DIR) / "tests/transcripts/framed");
  EXPECT_GE(all.size(), 15u);
  for (const Transcript& talk : all) EXPECT_FALSE(talk.name.empty());
}

}  // namespace
}  // namespace weir::load
