// `weir compare` on the command line; what it measures is tested elsewhere.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lab/awake.hpp"
#include "lab/json.hpp"
#include "support/command.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

TEST(Race, TellsHowFarEachModelHasCome) {
  const Said said =
      run_weir({"race", "-m", "thread,epoll", "-c", "2", "--rounds", "1", "--json", "-"});
  ASSERT_EQ(said.code, 0) << said;
  const lab::Json json = lab::Json::parse(said.output);
  EXPECT_EQ(json.at("schema").text_or(""), "weir.race/1");
  const auto& racers = json.at("racers").elements();
  ASSERT_EQ(racers.size(), 2u);
  for (const lab::Json& racer : racers) EXPECT_GT(racer.at("answers").number_or(0), 0);
  EXPECT_GE(racers[0].at("answers_per_cpu_s").number_or(0),
            racers[1].at("answers_per_cpu_s").number_or(0));
}

TEST(Race, PrintsALineForEachTurnWhereThereIsNoTerminal) {
  const Said said = run_weir({"race", "-m", "epoll", "-c", "2", "--rounds", "1"});
  ASSERT_EQ(said.code, 0) << said;
  ASSERT_EQ(said.errors.size(), 1u) << said;
  EXPECT_EQ(said.errors[0].rfind("round 1/1: epoll", 0), 0u) << said;
  EXPECT_NE(said.output.find("\nepoll  ####"), std::string::npos) << said;
}

namespace fs = std::filesystem;

TEST(Compare, TellsItsPlan) {
  const Said said = run_weir(
      {"compare", "--plan", "-m", "thread,epoll", "-c", "1,8", "--blocks", "2", "--seed", "7"});
  EXPECT_EQ(said.code, 0);
  EXPECT_TRUE(said.errors.empty()) << said;
  // Two models and the twin of the reference, two numbers of connections, two blocks.
  EXPECT_EQ(said.output.substr(0, said.output.find(',')), "12 cells in 2 blocks") << said;
  EXPECT_NE(said.output.find("(seed 7)"), std::string::npos) << said;
}

TEST(Compare, JudgesByLoadsWhenNothingIsSaid) {
  const Said said = run_weir({"compare", "--plan"});
  EXPECT_EQ(said.code, 0) << said;
  for (const char* scenario : {"cost", "block", "mixed", "idle", "slow", "crash"}) {
    EXPECT_NE(said.output.find(fmt::format("weir: {} (", scenario)), std::string::npos) << said;
  }
  EXPECT_NE(said.output.find("6 scenarios"), std::string::npos) << said;
}

TEST(Compare, LeavesOutTheLoadsThatNobodyTakesPartIn) {
  const Said said = run_weir({"compare", "--plan", "-m", "iterative"});
  EXPECT_EQ(said.code, 0) << said;
  EXPECT_NE(said.output.find("2 scenarios"), std::string::npos) << said;
  EXPECT_EQ(said.errors.at(0), "weir: cost is left out: none of iterative takes part in it");
}

TEST(Compare, MeasuresAsOftenAsItIsAskedTo) {
  const auto blocks = [](const std::vector<std::string>& more) {
    std::vector<std::string> words{"compare", "--sweep", "--plan", "-m", "epoll", "-c", "1"};
    words.insert(words.end(), more.begin(), more.end());
    const Said said = run_weir(words);
    EXPECT_EQ(said.code, 0) << said;
    const std::size_t begin = said.output.find(" in ") + 4;
    return std::stoi(said.output.substr(begin));
  };
  const int usual = blocks({});
  EXPECT_LT(blocks({"--quick"}), usual);
  EXPECT_GT(blocks({"--thorough"}), usual);
  EXPECT_EQ(blocks({"--blocks", "5"}), 5);
  EXPECT_GT(blocks({"--budget", "2m"}), blocks({"--budget", "1m"}));
}

TEST(Compare, TakesTheServersByHandAsContestants) {
  const Said said = run_weir({"compare", "--by-hand", "-m", "epoll", "-c", "2", "--blocks", "1",
                              "--window", "50ms", "-q", "--json", "-", "--report", ""});
  ASSERT_EQ(said.code, 0) << said;
  const lab::Json results = lab::Json::parse(said.output);
  std::vector<std::string> measured;
  for (const lab::Json& row : results.at("rows").elements()) {
    measured.push_back(row.at("contestant").text_or(""));
    EXPECT_GT(row.at("throughput_rps").number_or(0), 0) << row.dump(2);
  }
  EXPECT_EQ(measured, (std::vector<std::string>{"epoll", "epoll by hand"}));
}

TEST(Compare, SaysWhetherIdleCpusSlept) {
  const auto why = [](const std::vector<std::string>& more) {
    std::vector<std::string> words{"compare",  "-m",   "epoll",  "-c", "2",  "--blocks", "1",
                                   "--window", "50ms", "--json", "-",  "-q", "--report", ""};
    words.insert(words.end(), more.begin(), more.end());
    const Said said = run_weir(words);
    EXPECT_EQ(said.code, 0) << said;
    return lab::Json::parse(said.output).at("machine.cpus_sleep").text_or("nothing said");
  };
  EXPECT_EQ(why({"--let-cpus-sleep"}), "not asked to stay awake");
  EXPECT_EQ(why({}), lab::Awake(lab::IdleCpus::kept_awake).why_not());
}

TEST(Compare, SaysHowTheServersByHandAreBuilt) {
  const fs::path place = fs::temp_directory_path() / fmt::format("weir_alone_{}", ::getpid());
  fs::create_directory(place);
  fs::copy_file(weir_path(), place / "weir");
  lab::Process alone = lab::Process::start({place / "weir", "compare", "--by-hand", "-m", "epoll"});
  const Said said = finish(alone);
  fs::remove_all(place);
  EXPECT_EQ(said.code, 2);
  EXPECT_EQ(said.errors, std::vector<std::string>{
                             fmt::format("weir: there is no {}; ./run compare --by-hand builds it",
                                         (place / "by_hand" / "epoll").string())});
}

TEST(Compare, LeavesItsFiguresThePageAndThePicture) {
  const fs::path directory = fs::temp_directory_path() / fmt::format("weir_compare_{}", ::getpid());
  fs::create_directory(directory);
  const std::string json = directory / "results.json";
  const std::string page = directory / "report.html";
  const std::string picture = directory / "picture.svg";
  const Said said =
      run_weir({"compare", "-m", "epoll", "-c", "2", "--blocks", "1", "--window", "50ms", "--json",
                json, "--report", page, "--picture", picture, "-q"});
  EXPECT_EQ(said.code, 0) << said;
  EXPECT_NE(said.output.find("report: " + page), std::string::npos) << said;
  for (const std::string& file : {json, page, picture}) EXPECT_GT(fs::file_size(file), 0u) << file;
  std::ifstream results(json);
  const std::string text{std::istreambuf_iterator<char>(results), {}};
  EXPECT_FALSE(lab::Json::parse(text).at("cells").elements().empty());
  fs::remove_all(directory);
}

}  // namespace
}  // namespace weir::test
