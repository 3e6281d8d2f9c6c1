#include "lab/scenario.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace weir::lab {
namespace {

constexpr const char* small = R"(question = "Who?"
connections = 4
judge = "p99"
load = ["--request", "block=1ms burn=2ms"]
contestants = ["thread", "epoll --offload inline"]
[[beside]]
load = ["-c", "1"]
after_ms = 20
through = ["--delay", "40ms"]
)";

std::string refusal_of(const std::string& text) {
  try {
    parse_scenario(text, "mine.toml");
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

TEST(Scenario, IsRead) {
  const Scenario scenario = parse_scenario(small, "folder/small.toml");
  EXPECT_EQ(scenario.name, "small");
  EXPECT_EQ(scenario.question, "Who?");
  EXPECT_EQ(scenario.service, "work");
  EXPECT_EQ(scenario.judge, Criterion::p99);
  EXPECT_EQ(scenario.connections, 4u);
  EXPECT_EQ(scenario.load, (std::vector<std::string>{"--request", "block=1ms burn=2ms"}));
  EXPECT_EQ(words_of(scenario.contestants.at(1)),
            (std::vector<std::string>{"epoll", "--offload", "inline"}));
  ASSERT_EQ(scenario.beside.size(), 1u);
  EXPECT_EQ(scenario.beside[0].after.count(), 20);
  EXPECT_EQ(scenario.beside[0].through, (std::vector<std::string>{"--delay", "40ms"}));
  EXPECT_FALSE(scenario.losses);
  EXPECT_EQ(scenario.text, small);
}

TEST(Scenario, HasAGoal) {
  const Scenario scenario =
      parse_scenario("question = \"?\"\nconnections = 4\ngoal = \"p50<500us\"\n", "x");
  ASSERT_TRUE(scenario.goal);
  EXPECT_EQ(scenario.goal->figure, Criterion::p50);
  EXPECT_EQ(scenario.goal->below_ns, 500e3);
  for (const char* wrong : {"p99<20", "p95<20ms", "p99<-1ms", "p99<", "20ms"}) {
    EXPECT_EQ(
        refusal_of(std::string("question = \"?\"\nconnections = 4\ngoal = \"") + wrong + "\"\n"),
        "mine.toml:3: goal is to be as p99<20ms, or p50<500us")
        << wrong;
  }
}

TEST(Scenario, MayBeACurve) {
  const std::string head = "question = \"?\"\nconnections = 4\n";
  const std::string judged = head + "judge = \"rate\"\ngoal = \"p99<5ms\"\n";
  EXPECT_EQ(parse_scenario(judged + "percents = [50, 90]\n", "x").percents,
            (std::vector<std::size_t>{50, 90}));
  EXPECT_EQ(refusal_of(head + "percents = [50]\n"),
            "mine.toml:3: percents finds the highest rate that keeps to a goal: say the goal, and "
            "judge = \"rate\"");
  for (const char* wrong : {"[0]", "[201]", "[50, 50]", "[\"50\"]"}) {
    EXPECT_EQ(refusal_of(judged + "percents = " + wrong + "\n"),
              "mine.toml:5: percents are to be numbers from 1 to 200, in order")
        << wrong;
  }
  EXPECT_EQ(refusal_of(judged + "percents = 50\n"),
            "mine.toml:5: percents is to be a list of numbers, as [50, 90]");
  EXPECT_EQ(refusal_of(judged + "percents = [50]\nload = [\"--rate\", \"5\"]\n"),
            "mine.toml:5: percents says the rates; leave --rate out of load");
}

TEST(Scenario, KnowsHowManyClientsComeToIt) {
  const Scenario scenario = parse_scenario(
      "question = \"?\"\nconnections = 4\nload = [\"--persona\", \"idle=70,slow-sender=6\"]\n",
      "x");
  EXPECT_EQ(clients_of(scenario), 80u);
}

TEST(Scenario, SaysWhereItIsWrong) {
  const std::string head = "question = \"?\"\nconnections = 1\n";
  EXPECT_EQ(
      refusal_of(head + "jduge = \"p99\"\n"),
      "mine.toml:3: there is no 'jduge' (only question, about, service, judge, goal, connections, "
      "window_ms, serve, contestants, load, percents, unpinned, losses, beside)");
  EXPECT_EQ(refusal_of(head + "judge = \"p95\"\n"),
            "mine.toml:3: 'p95' is no figure to judge by (only cpu, rate, p50, p99, memory, "
            "unserved, lost)");
  EXPECT_EQ(refusal_of("question = \"?\"\nconnections = 0\n"),
            "mine.toml:2: connections is to be a number from 1 to 1000000");
  EXPECT_EQ(refusal_of(head + "load = \"-r 5\"\n"), "mine.toml:3: load is to be a list of texts");
  EXPECT_EQ(refusal_of("connections = 1\n"), "mine.toml:1: question is missing");
  EXPECT_EQ(refusal_of("question = \"?\"\n"), "mine.toml:1: connections is missing");
  EXPECT_EQ(refusal_of(head + "[beside]\n"),
            "mine.toml:3: beside is to be a list of tables: "
            "[[beside]]");
  EXPECT_EQ(refusal_of(head + "load = [\n").substr(0, 29), "mine.toml:3: it is no TOML: E");
}

TEST(Scenario, ShipsWithTheCommand) {
  EXPECT_GE(shipped_scenarios().size(), 10u);
  for (const Scenario& scenario : shipped_scenarios()) {
    EXPECT_FALSE(scenario.about.empty()) << scenario.name;
    EXPECT_EQ(find_scenario(scenario.name).text, scenario.text);
  }
}

TEST(Scenario, IsFoundByItsNameOrFile) {
  EXPECT_THROW(find_scenario("nosuch"), std::runtime_error);
  EXPECT_THROW(find_scenario("./nosuch.toml"), std::runtime_error);
}

}  // namespace
}  // namespace weir::lab
