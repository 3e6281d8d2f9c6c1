#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "work/request.hpp"

namespace weir::work {
namespace {

using namespace std::chrono_literals;

TEST(WorkRequest, IsReadInAnyOrder) {
  const Request request = parse("  here reply=4KiB burn=1.5ms sleep=20us block=2s crash ");
  EXPECT_EQ(request.sleep, 20us);
  EXPECT_EQ(request.block, 2s);
  EXPECT_EQ(request.burn, 1500us);
  EXPECT_EQ(request.reply_bytes, 4096u);
  EXPECT_EQ(request.where, Where::here);
  EXPECT_TRUE(request.crash);
}

TEST(WorkRequest, AsksForAShortAnswerWhenItSaysNothing) {
  const Request request = parse("");
  EXPECT_EQ(request.sleep + request.block + request.burn, 0ns);
  EXPECT_EQ(request.reply_bytes, 5u);
  EXPECT_EQ(request.where, Where::offloaded);
  EXPECT_FALSE(request.crash);
}

TEST(WorkRequest, IsRefusedBeyondItsBounds) {
  for (const char* line : {"sleep=61s", "block=61s", "burn=10.1s", "reply=65MiB", "sleep=-1ns",
                           "sleep=nanms", "sleep=", "sleep=ms", "crash=1", "burn=1e99s"}) {
    EXPECT_THROW(parse(line), std::invalid_argument) << line;
  }
}

}  // namespace
}  // namespace weir::work
