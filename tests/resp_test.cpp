// What is said to Redis, and what it answers, in whatever pieces.
#include "lookup/resp.hpp"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "lookup/question.hpp"

namespace weir::lookup {
namespace {

TEST(Resp, SaysEachWordBehindItsLength) {
  EXPECT_EQ(resp_command({"GET", "a b"}), "*2\r\n$3\r\nGET\r\n$3\r\na b\r\n");
}

TEST(Resp, HearsAnAnswerOnceItIsThereAtEverySplit) {
  const std::vector<std::pair<std::string, Reply>> answers{
      {"+OK\r\n", {Reply::Kind::text, "OK"}},
      {":12\r\n", {Reply::Kind::text, "12"}},
      {"-ERR wrong\r\n", {Reply::Kind::error, "ERR wrong"}},
      {"$-1\r\n", {Reply::Kind::nothing, ""}},
      {"$0\r\n\r\n", {Reply::Kind::text, ""}},
      {"$6\r\nfi\r\nve\r\n", {Reply::Kind::text, "fi\r\nve"}},
  };
  for (const auto& [bytes, expected] : answers) {
    for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
      ReplyReader reader;
      EXPECT_FALSE(reader.feed(std::string_view(bytes).substr(0, cut))) << bytes << cut;
      const auto reply = reader.feed(std::string_view(bytes).substr(cut));
      ASSERT_TRUE(reply) << bytes << cut;
      EXPECT_EQ(reply->kind, expected.kind) << bytes;
      EXPECT_EQ(reply->text, expected.text) << bytes;
    }
  }
}

TEST(Resp, RefusesWhatIsNoAnswer) {
  for (const char* bytes : {"hello\r\n", "\r\n", "$x\r\n", "$-2\r\n", "*1\r\n", "$99999999\r\n"}) {
    ReplyReader reader;
    EXPECT_THROW(reader.feed(bytes), std::runtime_error) << bytes;
  }
  ReplyReader reader;
  EXPECT_THROW(reader.feed(std::string(5000, '+')), std::runtime_error);
}

TEST(LookupQuestion, IsAKeyOrGivesItAValue) {
  EXPECT_EQ(parse({"apples"}).key, "apples");
  EXPECT_FALSE(parse({"apples"}).value);
  EXPECT_EQ(parse({"apples=a=b"}).value, "a=b");
  EXPECT_EQ(parse({"apples="}).value, "");
  for (const lines::Line& wrong : {lines::Line{""}, lines::Line{"=x"}, lines::Line{"", true}}) {
    EXPECT_THROW(parse(wrong), std::invalid_argument);
  }
}

}  // namespace
}  // namespace weir::lookup
