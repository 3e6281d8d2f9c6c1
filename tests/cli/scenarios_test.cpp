// `weir compare --scenario`, with scenarios that ship and with a user's own.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lab/json.hpp"
#include "support/command.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

namespace fs = std::filesystem;

/// A folder of its own, outside the tree.
class Scenarios : public testing::Test {
 protected:
  Scenarios() { fs::create_directory(place_); }
  ~Scenarios() override { fs::remove_all(place_); }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(place_ / name) << text;
    return (place_ / name).string();
  }

  /// Runs it once, for a moment. Returns what it says as JSON.
  static lab::Json run(const std::string& scenario, const std::vector<std::string>& more) {
    std::vector<std::string> words{"compare", "--scenario", scenario, "--blocks", "1",
                                   "-q",      "--json",     "-",      "--report", ""};
    words.insert(words.end(), more.begin(), more.end());
    const Said said = run_weir(words);
    EXPECT_EQ(said.code, 0) << said;
    return lab::Json::parse(said.output);
  }

  const fs::path place_ = fs::temp_directory_path() / fmt::format("weir_scenarios_{}", ::getpid());
};

double value_of(const lab::Json& scenario, const std::string& contestant) {
  for (const lab::Json& finding : scenario.at("findings").elements()) {
    if (finding.at("contestant").text_or("") == contestant) {
      return finding.at("value").number_or(-1);
    }
  }
  return -1;
}

TEST_F(Scenarios, OfAUsersOwnRunWithoutARebuild) {
  const std::string text = R"(question = "Who may block?"
judge = "rate"
connections = 8
load = ["--request", "block=10ms"]
contestants = ["thread", "epoll --offload inline"]
)";
  const lab::Json said = run(write("mine.toml", text), {"--window", "400ms"});
  const lab::Json& scenario = said.at("scenarios").elements().at(0);
  EXPECT_EQ(scenario.at("name").text_or(""), "mine");
  EXPECT_EQ(scenario.at("file").text_or(""), text);
  EXPECT_EQ(scenario.at("comparison.connections").elements().at(0).number_or(0), 8);
  // Eight threads block side by side, one loop once for all.
  EXPECT_GT(value_of(scenario, "thread"), 3 * value_of(scenario, "epoll --offload inline"))
      << scenario.dump(2);
}

TEST_F(Scenarios, MayBeACurveOfEachServersOwnRates) {
  const std::string text = R"(question = "Where does it bend?"
judge = "rate"
goal = "p99<5s"
connections = 4
load = ["--request", "sleep=1ms"]
percents = [20, 60]
contestants = ["epoll"]
window_ms = 150
)";
  const lab::Json said = run(write("mine.toml", text), {});
  const lab::Json& cells = said.at("scenarios").elements().at(0).at("comparison.cells");
  ASSERT_FALSE(cells.elements().empty());
  for (const lab::Json& cell : cells.elements()) {
    const double capacity = cell.at("capacity_rps").number_or(0);
    const auto& curve = cell.at("curve").elements();
    ASSERT_EQ(curve.size(), 2u) << cell.dump(2);
    EXPECT_EQ(curve[0].at("percent").number_or(0), 20);
    EXPECT_LT(curve[0].at("offered_rps").number_or(1e9), 0.5 * capacity);
    EXPECT_LT(curve[0].at("offered_rps").number_or(1e9), curve[1].at("offered_rps").number_or(0));
  }
}

TEST_F(Scenarios, AreReadAgain) {
  const std::string text = R"(question = "Who?"
service = "framed"
connections = 2
contestants = ["epoll", "thread"]
window_ms = 100
)";
  const std::string json = (place_ / "scenarios.json").string();
  const std::string page = (place_ / "again.html").string();
  const Said first = run_weir({"compare", "--scenario", write("mine.toml", text), "--quick", "-q",
                               "--json", json, "--report", ""});
  ASSERT_EQ(first.code, 0) << first;
  const Said again = run_weir({"report", json, "-o", page});
  EXPECT_EQ(again.code, 0) << again;
  EXPECT_EQ(again.output, fmt::format("{}\nreport: {}\n", first.output, page));
  EXPECT_GT(fs::file_size(page), 0u);
}

TEST_F(Scenarios, AreHeldAgainstAnEarlierRun) {
  const std::string scenario = write("mine.toml", R"(question = "Who?"
service = "framed"
connections = 2
contestants = ["epoll"]
window_ms = 60
)");
  const std::string json = (place_ / "before.json").string();
  const Said first = run_weir({"compare", "--scenario", scenario, "--quick", "-q", "--json", json,
                               "--report", "", "--export", "csv"});
  ASSERT_EQ(first.code, 0) << first;
  EXPECT_EQ(first.output.rfind("scenario,contestant,judge,value,", 0), 0u) << first;
  EXPECT_NE(first.output.find("\nmine,epoll,cpu,"), std::string::npos) << first;
  const std::string table = (place_ / "after.md").string();
  const Said again = run_weir({"compare", "--scenario", scenario, "--quick", "-q", "--json", "",
                               "--report", "", "--export", table, "--baseline", json});
  EXPECT_TRUE(again.code == 0 || again.code == 4) << again;
  const bool worse = again.output.find("Worse, beyond the noise") != std::string::npos;
  EXPECT_EQ(again.code, worse ? 4 : 0) << again;
  EXPECT_NE(again.output.find("\nagainst the baseline\n"), std::string::npos) << again;
  EXPECT_GT(fs::file_size(table), 0u);
}

TEST_F(Scenarios, CountWhoGoesDownWithACrash) {
  const lab::Json said = run("crash", {"-m", "fork,epoll", "--window", "1s"});
  const lab::Json& scenario = said.at("scenarios").elements().at(0);
  EXPECT_EQ(value_of(scenario, "fork"), 0) << scenario.dump(2);
  EXPECT_EQ(value_of(scenario, "epoll"), 32) << scenario.dump(2);
}

TEST_F(Scenarios, SayThatALoadBesideCouldNotBeMade) {
  const std::string text = R"(question = "?"
connections = 2
contestants = ["epoll"]
[[beside]]
load = ["--rate", "fast"]
)";
  const lab::Json said = run(write("beside.toml", text), {"--window", "100ms"});
  const lab::Json& finding = said.at("scenarios").elements().at(0).at("findings").elements().at(0);
  EXPECT_EQ(finding.at("note").text_or("").substr(0, 44),
            "a load beside: weir: --rate: 'fast' is not a")
      << finding.dump(2);
}

TEST_F(Scenarios, HaveLoadsThatGoThroughARelay) {
  const auto crash_through = [this](const std::string& words) {
    const std::string text = fmt::format(R"(question = "?"
judge = "lost"
losses = true
serve = ["--crash"]
connections = 2
contestants = ["epoll"]
[[beside]]
after_ms = 500
through = [{}]
load = ["-c", "1", "-d", "50ms", "--warmup", "0s", "--request", "crash"]
)",
                                         words);
    return run(write("through.toml", text), {"--window", "1s"}).at("scenarios").elements().at(0);
  };
  const lab::Json near = crash_through(R"("--delay", "0ms", "-m", "thread")");
  EXPECT_EQ(value_of(near, "epoll"), 2) << near.dump(2);
  const lab::Json far = crash_through(R"("--delay", "10s")");
  EXPECT_EQ(value_of(far, "epoll"), 0) << far.dump(2);
  const lab::Json wrong = crash_through(R"("--delay", "far")");
  const std::string note = wrong.at("findings").elements().at(0).at("note").text_or("");
  EXPECT_NE(note.find("--delay: 'far' needs a number and a unit"), std::string::npos) << note;
}

TEST_F(Scenarios, TellResponsesOfAnOpenLoop) {
  const std::string text = R"(question = "?"
service = "framed"
judge = "p50"
connections = 2
contestants = ["epoll"]
load = ["--rate", "500"]
)";
  const lab::Json said = run(write("open.toml", text), {"--window", "200ms"});
  const lab::Json& scenario = said.at("scenarios").elements().at(0);
  const lab::Json& cell = scenario.at("comparison.cells").elements().at(0);
  EXPECT_GT(cell.at("latency.response.p50_ns").number_or(0), 0) << cell.dump(2);
  EXPECT_TRUE(cell.at("latency.service").is_null());
}

TEST_F(Scenarios, ArePlannedBeforeTheyRun) {
  const Said said =
      run_weir({"compare", "--scenario", "block,slow", "--plan", "-m", "thread", "--blocks", "3"});
  EXPECT_EQ(said.code, 0);
  EXPECT_NE(said.output.find("block (Who may block?): 6 runs"), std::string::npos) << said;
  EXPECT_NE(said.output.find("2 scenarios"), std::string::npos) << said;
}

TEST_F(Scenarios, ThatTakeMoreDescriptorsThanThereMayBeAreLeftOut) {
  const auto with_few = [](const std::string& words) {
    lab::Process shell = lab::Process::start(
        {"sh", "-c", "ulimit -n 1024; exec \"$0\" compare --plan " + words, weir_path()});
    return finish(shell);
  };
  const std::string lack =
      "idle has 8032 connections, and the limit of open files leaves room for 816; raise it with "
      "ulimit -n 10040";
  const Said all = with_few("");
  EXPECT_EQ(all.code, 0) << all;
  EXPECT_EQ(all.errors, std::vector<std::string>{"weir: left out: " + lack});
  EXPECT_EQ(all.output.find("idle ("), std::string::npos) << all;
  const Said alone = with_few("--scenario idle");
  EXPECT_EQ(alone.code, 1) << alone;
  EXPECT_EQ(alone.errors, std::vector<std::string>{"weir: " + lack});
}

TEST_F(Scenarios, OfStreamsAndCurvesAreAmongThem) {
  const Said said = run_weir({"compare", "--scenario", "curve,stream", "--plan", "-m", "epoll"});
  EXPECT_EQ(said.code, 0) << said;
  EXPECT_NE(said.output.find("curve (How near to its limit"), std::string::npos) << said;
  EXPECT_NE(said.output.find("stream (Do large transfers"), std::string::npos) << said;
  const Said all = run_weir({"compare", "--all", "--plan"});
  for (const char* name : {"weir: curve (", "weir: stream ("}) {
    EXPECT_NE(all.output.find(name), std::string::npos) << all;
  }
}

TEST_F(Scenarios, AreShownToBeCopied) {
  const Said said = run_weir({"compare", "--show-scenario", "block"});
  EXPECT_EQ(said.code, 0);
  std::ifstream file(fs::path(WEIR_SOURCE_DIR) / "scenarios" / "block.toml");
  EXPECT_EQ(said.output, std::string(std::istreambuf_iterator<char>(file), {}));
}

TEST_F(Scenarios, SayWhatIsWrong) {
  const auto refusal = [](const std::vector<std::string>& words) {
    const Said said = run_weir(words);
    EXPECT_EQ(said.code, 2) << said;
    return said.errors.empty() ? "" : said.errors.front();
  };
  EXPECT_EQ(refusal({"compare", "--scenario", "./nosuch.toml"}),
            "weir: can't read the scenario ./nosuch.toml; is it there?");
  EXPECT_EQ(refusal({"compare", "--scenario", "blok"}).substr(0, 35),
            "weir: there is no scenario 'blok' (");
  const std::string file = write("bad.toml", "question = \"?\"\nconnections = 1\njudge = \"x\"\n");
  EXPECT_EQ(refusal({"compare", "--scenario", file}),
            fmt::format("weir: {}:3: 'x' is no figure to judge by (only cpu, rate, p50, p99, "
                        "memory, unserved, lost)",
                        file));
  EXPECT_EQ(refusal({"compare", "--scenario", "block", "--crash"}),
            "weir: a scenario says itself what its servers are told; leave --crash out");
  EXPECT_EQ(refusal({"compare", "framed", "--scenario", "block"}),
            "weir: a scenario says itself which service it loads; leave 'framed' out");
  EXPECT_EQ(refusal({"compare", "--scenario", "block", "-m", "select"}).substr(0, 55),
            "weir: none of select takes part in the scenario block (");
  EXPECT_EQ(refusal({"compare", "--scenario", "block", "-m", "nosuch"}).substr(0, 32),
            "weir: there is no model 'nosuch'");
  const std::string other =
      write("other.toml", "question = \"?\"\nconnections = 1\nservice = \"nosuch\"\n");
  EXPECT_EQ(refusal({"compare", "--scenario", other}).substr(0, 34),
            "weir: there is no service 'nosuch'");
}

}  // namespace
}  // namespace weir::test
