// What `weir load` says of a server that isn't there, lies, or is silent.

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lab/json.hpp"
#include "support/command.hpp"
#include "support/lying_server.hpp"

namespace weir::test {
namespace {

TEST(LoadOfABadServer, SaysThatNobodyListens) {
  const std::string port = [] {
    const LyingServer gone({});
    return gone.port();
  }();
  const Said said = run_weir({"load", "framed://127.0.0.1:" + port, "-c", "2"});
  EXPECT_EQ(said.code, 3);
  EXPECT_EQ(said.output, "");
  EXPECT_EQ(said.errors, std::vector<std::string>{fmt::format(
                             "weir: can't connect to 127.0.0.1:{} (connect: Connection refused); "
                             "is the server running?",
                             port)});
}

TEST(LoadOfABadServer, SaysThatAnswersAreWrong) {
  const LyingServer server({Lie::Kind::alter, 100});
  const Said said = run_weir(
      {"load", "framed://127.0.0.1:" + server.port(), "-c", "1", "-d", "50ms", "--warmup", "0s"});
  EXPECT_EQ(said.code, 3) << said;
  ASSERT_EQ(said.errors.size(), 1u) << said;
  const std::string sentence = "weir: 1 wrong answers of 127.0.0.1:" + server.port() + "; ";
  EXPECT_EQ(said.errors[0].substr(0, sentence.size()), sentence);
}

TEST(LoadOfABadServer, SaysThatNothingWasAnsweredAndMakesUpNoFigures) {
  const LyingServer silent({Lie::Kind::drop, 0});  // nobody asks before it is greeted
  const Said said = run_weir({"load", "framed://127.0.0.1:" + silent.port(), "-c", "2", "-d",
                              "50ms", "--warmup", "0s", "--json", "-"});
  EXPECT_EQ(said.code, 0) << said;
  const lab::Json report = lab::Json::parse(said.output);
  EXPECT_EQ(report.at("verdict").text_or(""), "no-answers");
  EXPECT_EQ(report.at("fairness.unserved").number_or(0), 2);
  EXPECT_EQ(report.at("latency.service.count").number_or(1), 0);
  EXPECT_TRUE(report.at("latency.service.max_ns").is_null());
  EXPECT_TRUE(report.at("generator.utilisation").is_null());
}

}  // namespace
}  // namespace weir::test
