// `weir report` and `weir diff` on the command line.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lab/json.hpp"
#include "lab/report.hpp"
#include "lab/sample_results.hpp"
#include "lab/summary.hpp"
#include "support/command.hpp"

namespace weir::test {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A directory with a made-up comparison in it, that is gone with the test.
class Reading : public testing::Test {
 protected:
  Reading() {
    fs::create_directory(place_);
    write("results.json", lab::samples::results());
  }
  ~Reading() override { fs::remove_all(place_); }

  std::string file(const std::string& name) const { return (place_ / name).string(); }
  void write(const std::string& name, const lab::Results& results) const {
    std::ofstream(file(name), std::ios::binary) << lab::to_json(results);
  }

 private:
  const fs::path place_ = fs::temp_directory_path() / fmt::format("weir_reading_{}", ::getpid());
};

TEST_F(Reading, MakesThePageThatCompareMade) {
  const Said made =
      run_weir({"compare", "-m", "epoll", "-c", "2", "--blocks", "1", "--window", "40ms", "--json",
                file("made.json"), "--report", file("made.html"), "-q"});
  ASSERT_EQ(made.code, 0) << made;
  const Said said = run_weir({"report", file("made.json"), "-o", file("again.html")});
  EXPECT_EQ(said.code, 0) << said;
  EXPECT_TRUE(said.errors.empty()) << said;
  EXPECT_NE(said.output.find("report: " + file("again.html")), std::string::npos) << said;
  EXPECT_TRUE(contents(file("again.html")) == contents(file("made.html")));
}

TEST_F(Reading, WritesThePageToStdout) {
  const Said said = run_weir({"report", file("results.json"), "-o", "-"});
  EXPECT_EQ(said.code, 0) << said.errors.size();
  EXPECT_TRUE(said.output == lab::html(lab::samples::results()));
}

TEST_F(Reading, PutsRunsOfOneComparisonOnOnePage) {
  const Said said =
      run_weir({"report", file("results.json"), file("results.json"), "-o", file("both.html")});
  EXPECT_EQ(said.code, 0) << said;
  EXPECT_NE(said.output.find("6 blocks of"), std::string::npos) << said;
  EXPECT_GT(fs::file_size(file("both.html")), 0u);
}

TEST_F(Reading, RefusesRunsOfSeveralComparisons) {
  lab::Results other = lab::samples::results();
  other.reference = "thread";
  write("other.json", other);
  const Said said = run_weir({"report", file("results.json"), file("other.json")});
  EXPECT_EQ(said.code, 2);
  EXPECT_EQ(said.errors,
            std::vector<std::string>{
                fmt::format("weir: {} is of another reference than {}; give each a page of its own",
                            file("other.json"), file("results.json"))});
}

TEST_F(Reading, TellsWhatHasBecomeDearer) {
  lab::Results after = lab::samples::results();
  for (lab::Cell& cell : after.cells) {
    const double cost_ns = cell.server.cpu_ns_per_request.value_or(0);
    if (cell.contestant == "thread") cell.server.cpu_ns_per_request = 2 * cost_ns;
  }
  lab::summarize(after);
  write("after.json", after);
  const Said said = run_weir({"diff", file("results.json"), file("after.json")});
  EXPECT_EQ(said.code, 4) << said;
  EXPECT_NE(said.output.find("thread at 1 (2.00x)"), std::string::npos) << said;
  const Said same = run_weir({"diff", file("results.json"), file("results.json"), "--json", "-"});
  EXPECT_EQ(same.code, 0) << same;
  const lab::Json json = lab::Json::parse(same.output);
  EXPECT_EQ(json.at("schema").text_or(""), "weir.diff/1");
  EXPECT_EQ(json.at("dearer").number_or(-1), 0);
}

TEST_F(Reading, RefusesABaselineOfSomethingElse) {
  const Said said = run_weir(
      {"compare", "--sweep", "-m", "epoll", "-c", "2", "--baseline", file("results.json")});
  EXPECT_EQ(said.code, 2) << said;
  ASSERT_EQ(said.errors.size(), 1u) << said;
  EXPECT_EQ(said.errors[0],
            fmt::format("weir: {} is no --baseline for this: no contestant is in both at the same "
                        "number of connections",
                        file("results.json")));
}

TEST_F(Reading, RefusesAFileOfSomethingElse) {
  const std::string page = file("page.html");
  std::ofstream(page) << "<!DOCTYPE html>";
  const Said said = run_weir({"diff", file("results.json"), page});
  EXPECT_EQ(said.code, 2);
  EXPECT_EQ(said.errors, std::vector<std::string>{fmt::format(
                             "weir: {} can't be used: it is not JSON; name another file", page)});
}

TEST(ReadingMistakes, AreToldInOneSentence) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> mistakes{
      {{"report"}, "RESULTS is missing; write for example: weir report results.json"},
      {{"report", "/nonexistent/results.json"},
       "can't read /nonexistent/results.json: No such file or directory; weir compare --sweep "
       "--json /nonexistent/results.json makes it"},
      {{"report", "/proc/version"},
       "/proc/version can't be used: it is not JSON; name another file"},
      {{"report", "/tmp"}, "/tmp can't be used: it is not JSON; name another file"},
      {{"diff", "before.json"},
       "AFTER is missing; write for example: weir diff before.json after.json"},
  };
  for (const auto& [words, sentence] : mistakes) {
    const Said said = run_weir(words);
    EXPECT_EQ(said.code, 2) << sentence;
    EXPECT_EQ(said.output, "");
    EXPECT_EQ(said.errors, std::vector<std::string>{"weir: " + sentence});
  }
}

}  // namespace
}  // namespace weir::test
