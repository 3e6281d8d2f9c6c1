// What weir says of itself: list, explain, and the page that is made of it.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
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

std::string text_in(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// The words of a text, one blank between them: wrapping is no matter.
std::string unwrapped(const std::string& text) {
  std::istringstream words(text);
  std::string result;
  for (std::string word; words >> word;) result += (result.empty() ? "" : " ") + word;
  return result;
}

void expect_fits_a_terminal(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
}

std::vector<std::string> models() {
  const lab::Json json = lab::Json::parse(run_weir({"list", "--json"}).output);
  std::vector<std::string> names;
  for (const lab::Json& model : json.at("models").elements()) {
    names.push_back(model.at("name").text_or(""));
  }
  return names;
}

/// A directory that is gone with the object.
class Place {
 public:
  Place() : path_(fs::temp_directory_path() / fmt::format("weir_explain_{}", ::getpid())) {
    fs::create_directory(path_);
  }
  ~Place() { fs::remove_all(path_); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  std::string file(const std::string& name) const { return path_ / name; }

  /// Runs the command with this as its current directory.
  Said run(const std::vector<std::string>& words) const {
    std::vector<std::string> argv{"env", "-C", path_, weir_path()};
    argv.insert(argv.end(), words.begin(), words.end());
    lab::Process process = lab::Process::start(argv);
    return finish(process);
  }

 private:
  fs::path path_;
};

constexpr const char* some_figures =
    R"({"schema":"weir.compare/1","started":"2026-01-02T03:04:05Z","rows":[)"
    R"({"contestant":"epoll","connections":64,"cpu_ns_per_request":5080,)"
    R"("user_bytes_per_connection":430,"kernel_bytes_per_connection":0},)"
    R"({"contestant":"thread","connections":64,"cpu_ns_per_request":7700},)"
    R"({"contestant":"epoll by hand","connections":64,"cpu_ns_per_request":4930,)"
    R"("user_bytes_per_connection":"n/a: not measured"}]})";

TEST(List, NamesModelsServicesAndSetUps) {
  const Said said = run_weir({"list"});
  EXPECT_EQ(said.code, 0);
  EXPECT_TRUE(said.errors.empty()) << said;
  for (const std::string& model : models()) EXPECT_TRUE(holds(said.output, "\n  " + model + " "));
  EXPECT_TRUE(holds(said.output, "one thread, and a loop over the sockets that are ready"));
  for (const char* service : {"framed ", "prime ", "wordgame "}) {
    EXPECT_TRUE(holds(said.output, std::string("\n  ") + service)) << said;
  }
  EXPECT_TRUE(holds(said.output, "  port 9090: ")) << said;
  EXPECT_TRUE(holds(said.output, "--model iterative --processes 64 --accept share")) << said;
  expect_fits_a_terminal(said.output);
}

TEST(List, SaysTheSameAsJson) {
  const lab::Json json = lab::Json::parse(run_weir({"list", "--json"}).output);
  EXPECT_EQ(json.at("schema").text_or(""), "weir.list/1");
  bool epoll = false;
  for (const lab::Json& model : json.at("models").elements()) {
    EXPECT_NE(model.at("title").text_or(""), "") << model.at("name").text_or("");
    if (model.at("name").text_or("") == "epoll") epoll = model.at("available").bool_or(false);
  }
  EXPECT_TRUE(epoll);
  EXPECT_EQ(json.at("services").elements().front().at("port").number_or(0), 9090);
  EXPECT_EQ(json.at("set_ups").elements().front().at("name").text_or(""), "prefork");
}

TEST(Explain, SaysTheHeadCommentAndTheCounts) {
  const Place place;
  const Said said = place.run({"explain", "epoll"});
  EXPECT_EQ(said.code, 0) << said;
  EXPECT_EQ(said.output.substr(0, said.output.find('\n')),
            "epoll: one thread, and a loop over the sockets that are ready.");
  EXPECT_TRUE(holds(said.output, "\nWho waits, and where?\n  The thread, in epoll_wait, "));
  EXPECT_TRUE(holds(said.output, "src/models/epoll.cpp"));
  EXPECT_TRUE(holds(said.output, "examples/by_hand/epoll.cpp"));
  EXPECT_TRUE(holds(unwrapped(said.output), "the model calls epoll_create1, epoll_ctl (")) << said;
  EXPECT_TRUE(holds(unwrapped(said.output), "the same by hand calls accept4, "));
  EXPECT_TRUE(holds(said.output, "\nNo figures here yet; weir compare --sweep makes them.\n"));
  expect_fits_a_terminal(said.output);
}

TEST(Explain, SaysWhatWasMeasuredLast) {
  const Place place;
  std::ofstream(place.file("results.json")) << some_figures;
  const Said said = place.run({"explain", "epoll"});
  const std::string text = unwrapped(said.output);
  EXPECT_TRUE(holds(text, "Measured 2026-01-02T03:04:05Z (results.json)")) << said;
  EXPECT_TRUE(holds(text, " 64 epoll 5.08 430 B 0 B")) << said;
  EXPECT_TRUE(holds(text, " 64 epoll by hand 4.93 n/a n/a")) << said;
  EXPECT_FALSE(holds(text, "7.70")) << said;
  const lab::Json json = lab::Json::parse(place.run({"explain", "epoll", "--json"}).output);
  const lab::Json& explained = json.at("explained").elements().front();
  EXPECT_EQ(explained.at("measured.rows").elements().size(), 2u);
  EXPECT_GT(explained.at("by_hand.lines").number_or(0), explained.at("session.lines").number_or(0));
}

TEST(Explain, SaysThatTheModelIsNotAmongTheFigures) {
  const Place place;
  std::ofstream(place.file("mine.json")) << some_figures;
  const Said said = place.run({"explain", "iterative", "--results", "mine.json"});
  EXPECT_TRUE(
      holds(unwrapped(said.output), "It is not in mine.json (measured 2026-01-02T03:04:05Z)"))
      << said;
}

TEST(Explain, SaysWhatASetUpIsMadeOfAndResembles) {
  const Said said = run_weir({"explain", "prefork"});
  EXPECT_EQ(said.code, 0) << said;
  const std::string text = unwrapped(said.output);
  EXPECT_TRUE(holds(text, "It is --model iterative --processes 64 --accept share")) << said;
  EXPECT_TRUE(holds(text, "It resembles Apache's prefork")) << said;
  EXPECT_TRUE(holds(text, "weir explain iterative")) << said;
}

TEST(Explain, SaysWhatWasProbablyMeant) {
  const Said said = run_weir({"explain", "prefrok"});
  EXPECT_EQ(said.code, 2);
  ASSERT_EQ(said.errors.size(), 1u);
  const std::string sentence =
      "weir: there is no model 'prefrok'; did you mean 'prefork'? (models and set-ups: iterative, ";
  EXPECT_EQ(said.errors.front().substr(0, sentence.size()), sentence);
}

TEST(ModelsPage, IsCurrent) {
  const std::string made = run_weir({"explain", "--all", "--markdown"}).output;
  ASSERT_FALSE(made.empty());
  EXPECT_TRUE(made == text_in(fs::path(WEIR_SOURCE_DIR) / "docs" / "MODELS.md"))
      << "docs/MODELS.md is not what the sources say now; make it again:\n"
         "  ./run explain --all --markdown > docs/MODELS.md";
}

TEST(ModelsPage, TellsOfEveryModel) {
  const std::string page = run_weir({"explain", "--all", "--markdown"}).output;
  EXPECT_FALSE(holds(page, "{{")) << "something of docs/models.md.in was not replaced";
  for (const std::string& model : models()) {
    EXPECT_TRUE(holds(page, fmt::format("| [`{0}`](#{0}) |", model)))
        << model << " has no line in the first table of docs/models.md.in";
    EXPECT_TRUE(holds(page, fmt::format("\n## {}\n", model))) << model;
    for (const char* question :
         {"Who waits", "state live", "connection cost", "10,001", "slow", "crash"}) {
      const std::size_t begin = page.find(fmt::format("\n## {}\n", model));
      const std::string section = page.substr(begin, page.find("\n## ", begin + 1) - begin);
      EXPECT_TRUE(holds(section, question)) << model << " does not answer: " << question;
    }
  }
}

}  // namespace
}  // namespace weir::test
