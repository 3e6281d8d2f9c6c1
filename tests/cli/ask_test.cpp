// `weir compare --ask`: a load of the user's own, in one line.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "lab/json.hpp"
#include "lab/scenario.hpp"
#include "support/command.hpp"

namespace weir::test {
namespace {

lab::Scenario scenario_for(const std::string& ask) {
  const Said said = run_weir({"compare", "--ask", ask, "--show-scenario", "ask"});
  EXPECT_EQ(said.code, 0) << said;
  return lab::parse_scenario(said.output, "ask.toml");
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

TEST(Ask, IsMadeIntoAScenario) {
  const lab::Scenario scenario =
      scenario_for("connections=200 rate=2000 cpu=50us reply=1KiB 10% block=5ms p99<20ms");
  EXPECT_EQ(scenario.connections, 180u);
  EXPECT_EQ(scenario.load,
            (std::vector<std::string>{"--rate", "1800", "--request", "burn=50000ns reply=1024B"}));
  ASSERT_EQ(scenario.beside.size(), 1u);
  EXPECT_EQ(scenario.beside[0].words,
            (std::vector<std::string>{"-c", "20", "-d", "1m", "--rate", "200", "--request",
                                      "block=5000000ns reply=1024B"}));
  ASSERT_TRUE(scenario.goal);
  EXPECT_EQ(scenario.goal->text, "p99<20ms");
  EXPECT_EQ(scenario.judge, lab::Criterion::cpu);
}

TEST(Ask, MeasuresForAsLongAsItsFigureNeeds) {
  const auto window_ms = [](const std::string& ask) { return scenario_for(ask).window.count(); };
  EXPECT_EQ(window_ms("connections=10 rate=300 p99<5ms"), 4000) << "1,200 answers";
  EXPECT_EQ(window_ms("connections=10 rate=2000 by=p99"), 2750) << "5,500 answers";
  EXPECT_EQ(window_ms("connections=10 rate=300 by=p50"), 1000) << "300 answers";
  EXPECT_EQ(window_ms("connections=10 rate=10 by=p50"), 5000);
  EXPECT_EQ(window_ms("connections=10 rate=5000 by=p99"), 1500);
  EXPECT_EQ(window_ms("connections=10 by=rate"), 1000);
  EXPECT_EQ(window_ms("connections=200 think=100ms"), 2753) << "each asks ten times a second";
}

TEST(Ask, GivesEachContestantTheSizeThatTheLoadNeeds) {
  // 1,000 a second that block 10 ms each: ten at once, and twice that for the uneven.
  const auto names = scenario_for("connections=100 rate=1000 block=10ms").contestants;
  EXPECT_TRUE(has(names, "pool --pool 100"));
  EXPECT_TRUE(has(names, "epoll --offload 20"));
  EXPECT_TRUE(has(names, "epoll --offload inline"));
  const auto many = scenario_for("connections=5000 active=50 rate=1000").contestants;
  EXPECT_EQ(many, (std::vector<std::string>{"fiber", "epoll", "uring"}));
}

TEST(Ask, KeepsTheIdleOnesConnected) {
  const lab::Scenario scenario = scenario_for("connections=500 active=50 think=20ms");
  EXPECT_EQ(scenario.connections, 50u);
  EXPECT_EQ(lab::clients_of(scenario), 500u);
  EXPECT_EQ(scenario.judge, lab::Criterion::p99);
}

TEST(Ask, IsAnsweredWithACommandLine) {
  const Said said = run_weir({"compare", "--ask", "connections=8 block=5ms", "-m", "epoll,thread",
                              "--window", "200ms", "--quick", "-q", "--json", "", "--report", ""});
  EXPECT_EQ(said.code, 0) << said;
  // One loop that blocks serves an eighth, far beyond any noise: it is never the answer.
  EXPECT_EQ(said.output.find("Run: weir serve SERVICE --model epoll --offload inline"),
            std::string::npos)
      << said;
  EXPECT_NE(said.output.find("Run: weir serve SERVICE --model "), std::string::npos) << said;
}

TEST(Ask, SaysInOneSentenceWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> mistakes{
      {"rate=5", "say how many clients there are: connections=N"},
      {"connections=0", "'connections=0' needs a number from 1 to 100000"},
      {"connections=5 foo",
       "'foo' is none of connections=, active=, rate=, think=, sleep=, block=, cpu=, reply=, by=, "
       "p50<, p99<, or a share as 10%"},
      {"connections=5 active=6", "there are more active= than connections="},
      {"connections=5 rate=1 think=1ms", "rate= and think= can't go together; leave one out"},
      {"connections=5 10%", "say behind the share what its requests do, as 10% block=5ms"},
      {"connections=5 60% block=1ms",
       "'60%' is to be more than 0% and at most 50%: the smaller share"},
      {"connections=5 1% block=1ms 2% cpu=1ms", "'2%' is a second share; there can be one"},
      {"connections=1 10% block=1ms", "a share of the requests needs two clients or more"},
      {"connections=5 block=5", "'block=5' needs a time with its unit, as 5ms or 50us"},
      {"connections=5 cpu=1m", "'cpu=1m' is longer than 10 s"},
      {"connections=5 reply=5", "'reply=5' needs a size with its unit, as 4KiB"},
      {"connections=5 rate=1 rate=2", "rate= is there twice"},
      {"connections=5 by=luck", "'by=luck' is none of by=cpu, by=rate, by=p50, by=p99"},
      {"connections=5 rate=1 by=rate", "the rate is given; by=rate has nothing to find out"},
      {"", "it is empty; say as in 'connections=200 rate=2000 block=5ms'"},
  };
  for (const auto& [ask, sentence] : mistakes) {
    const Said said = run_weir({"compare", "--plan", "--ask", ask});
    EXPECT_EQ(said.code, 2) << ask;
    EXPECT_EQ(said.output, "");
    EXPECT_EQ(said.errors, std::vector<std::string>{"weir: --ask: " + sentence});
  }
}

}  // namespace
}  // namespace weir::test
