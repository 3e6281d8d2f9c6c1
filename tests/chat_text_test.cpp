#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "chat/text.hpp"

namespace weir::chat {
namespace {

using Kind = Request::Kind;

TEST(ChatText, ALineIsSaidUnlessItBeginsWithASlash) {
  struct Case {
    std::string line;
    Kind kind;
    std::string text;
  };
  const std::vector<Case> cases{{"hello", Kind::say, "hello"},
                                {"", Kind::say, ""},
                                {" /who", Kind::say, " /who"},
                                {"/who", Kind::who, ""},
                                {"/help me", Kind::help, "me"},
                                {"/name \t ada \t", Kind::name, "ada"},
                                {"/name", Kind::name, ""},
                                {"/name  ", Kind::name, ""},
                                {"/ping a b", Kind::ping, "a b"},
                                {"/quit", Kind::quit, ""},
                                {"/quitter", Kind::unknown, "/quitter"},
                                {"/Who", Kind::unknown, "/Who"},
                                {"/", Kind::unknown, "/"},
                                {"//", Kind::unknown, "//"}};
  for (const Case& each : cases) {
    const Request request = parse(each.line);
    EXPECT_EQ(request.kind, each.kind) << each.line;
    EXPECT_EQ(request.text, each.text) << each.line;
  }
}

TEST(ChatText, WhatCouldDoHarmOnATerminalBecomesQuestionMarks) {
  struct Case {
    std::string text;
    std::string shown;
  };
  const std::vector<Case> cases{{"plain ~ text", "plain ~ text"},
                                {"\x1b[2J", "?[2J"},
                                {std::string("a\0b", 3), "a?b"},
                                {"a\rb\tc\x7f", "a?b?c?"},
                                {"Z\xc3\xbc\xc3\xa4", "Z\xc3\xbc\xc3\xa4"},
                                {"\xe2\x82\xac \xf0\x9f\x98\x80", "\xe2\x82\xac \xf0\x9f\x98\x80"},
                                {"\xc2\x9b"
                                 "2J",
                                 "??2J"},  // CSI, as UTF-8 writes it
                                {"\x9b"
                                 "2J",
                                 "?2J"},                       // and as one byte
                                {"\xc2\xa0", "\xc2\xa0"},      // the first that is none
                                {"\xc0\xaf", "??"},            // a slash, longer than need be
                                {"\xe0\x80\x9b", "???"},       // a control, the same way
                                {"\xf0\x80\x80\x9b", "????"},  // and once more
                                {"\xed\xa0\x80", "???"},       // half of a pair
                                {"\xf4\x90\x80\x80", "????"},  // beyond the last
                                {"\xf5\x80\x80\x80", "????"},
                                {"\xe2\x82", "??"},  // cut short
                                {"\xe2\x1b[0m", "??[0m"},
                                {"\xf0\x9f\x98"
                                 "x",
                                 "???x"},
                                {"\xc3", "?"}};
  for (const Case& each : cases) EXPECT_EQ(harmless(each.text), each.shown);
}

TEST(ChatText, ANameHasLettersDigitsAndLittleElse) {
  for (const char* name : {"a", "Ada", "guest1", "a-b_c.d", "12345678901234567890"}) {
    EXPECT_EQ(fault_of_name(name), std::nullopt) << name;
  }
  for (const char* name :
       {"", "two words", "\x1b", "caf\xc3\xa9", "*", "a:", "a\tb", "123456789012345678901"}) {
    EXPECT_NE(fault_of_name(name), std::nullopt) << name;
  }
  EXPECT_EQ(key_of_name("Ada-9Z"), "ada-9z");
}

}  // namespace
}  // namespace weir::chat
