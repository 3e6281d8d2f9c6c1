// `weir sim`: what it says, and how much it has seen of each service.

#include "support/command.hpp"

#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "lab/json.hpp"

namespace weir::test {
namespace {

/// A program that gives its services to weir::run, and the words that choose one.
struct Simulated {
  std::vector<std::string> argv;
  std::string name;
};

std::string program(const std::string& name) {
  return std::string(WEIR_TEST_PROGRAMS) + "/" + name;
}

const std::vector<Simulated>& all() {
  static const std::string weir = std::getenv("WEIR");
  static const std::vector<Simulated> services{
      {{weir, "sim", "framed"}, "framed"},
      {{weir, "sim", "prime"}, "prime"},
      {{weir, "sim", "chat"}, "chat"},
      {{weir, "sim", "wordgame"}, "wordgame"},
      {{weir, "sim", "relay", "--to", "127.0.0.1:9"}, "relay"},  // nobody is asked there
      {{program("exerciser"), "sim"}, "exerciser"},
  };
  return services;
}

/// Which faults can come to which verb, as `verb x fault`. A client that falls silent is told by the
/// time-outs that follow.
std::set<std::string> pairs_that_can_occur() {
  static const std::map<std::string, std::vector<std::string>> faults{
      {"read",
       {"delay", "split", "coalesce", "full buffer", "reset", "half-close", "time-out", "drain"}},
      {"wait",
       {"delay", "split", "coalesce", "full buffer", "reset", "half-close", "time-out", "drain"}},
      {"write", {"delay", "split", "full buffer", "reset", "half-close", "time-out", "drain"}},
      {"write_some", {"split", "full buffer", "reset", "half-close", "drain"}},
      {"sleep", {"delay", "reset", "half-close", "drain"}},
      {"offload", {"delay", "reset", "half-close", "drain"}},
      {"finish", {"full buffer", "reset", "half-close", "drain"}},
      {"connect", {"delay", "refused", "time-out", "drain"}},
  };
  std::set<std::string> pairs;
  for (const auto& [verb, those] : faults) {
    for (const std::string& fault : those) pairs.insert(verb + " x " + fault);
  }
  return pairs;
}

Said run(std::vector<std::string> argv, const std::vector<std::string>& more) {
  argv.insert(argv.end(), more.begin(), more.end());
  lab::Process process = lab::Process::start(argv);
  return finish(process);
}

TEST(SimCommand, SeesEveryFaultWithEveryVerbInTwoThousandSeeds) {
  std::map<std::string, double> pairs;
  for (const Simulated& each : all()) {
    const Said said = run(each.argv, {"--seeds", "2000", "--json", "-"});
    ASSERT_EQ(said.code, 0) << said;
    const lab::Json json = lab::Json::parse(said.output);
    EXPECT_GE(json.at("different_traces").number_or(0), 1900) << each.name;
    for (const lab::Json& pair : json.at("coverage").elements()) {
      pairs[pair.at("verb").text_or("") + " x " + pair.at("fault").text_or("")] +=
          pair.at("times").number_or(0);
    }
  }
  for (const std::string& pair : pairs_that_can_occur()) EXPECT_GE(pairs[pair], 50) << pair;
  EXPECT_EQ(pairs.size(), pairs_that_can_occur().size()) << "the table is not up to date";
}

TEST(SimCommand, GivesTheSameTracesInEveryProcess) {
  for (const Simulated& each : all()) {
    const Said first = run(each.argv, {"--seed", "7"});
    const Said second = run(each.argv, {"--seed", "7"});
    EXPECT_EQ(first.code, 0) << first;
    EXPECT_GT(first.output.size(), 100u);
    // All but the last line, which has the time that it took.
    EXPECT_EQ(first.output.substr(0, first.output.rfind(" ops with")),
              second.output.substr(0, second.output.rfind(" ops with")));
  }
}

TEST(SimCommand, SaysHowToRepeatAFailure) {
  const Said found = run({program("forgetful"), "sim"}, {"--seeds", "500"});
  ASSERT_EQ(found.code, 1) << found;
  ASSERT_EQ(found.errors.size(), 1u);
  const std::string& sentence = found.errors.front();
  const std::string words = "repeat it with: forgetful sim --seed ";
  const std::size_t at = sentence.find(words);
  ASSERT_NE(at, std::string::npos) << sentence;

  const Said again =
      run({program("forgetful"), "sim"}, {"--seed", sentence.substr(at + words.size())});
  EXPECT_EQ(again.code, 1);
  ASSERT_EQ(again.errors.size(), 1u);
  EXPECT_EQ(again.errors.front(), sentence);
  EXPECT_NE(again.output.find("FAILED"), std::string::npos) << "the trace says where";
}

TEST(SimCommand, IsNoModelToServeUnder) {
  const Said said = run_weir({"serve", "framed", "-m", "sim"});
  EXPECT_EQ(said.code, 2);
  ASSERT_EQ(said.errors.size(), 1u);
  EXPECT_EQ(said.errors.front(), "weir: sim serves no real connection; try weir sim SERVICE");
}

}  // namespace
}  // namespace weir::test
