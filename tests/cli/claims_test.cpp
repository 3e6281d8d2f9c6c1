// `weir claims`: what is said, held against figures.

#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/command.hpp"

namespace weir::test {
namespace {

namespace fs = std::filesystem;

class Claims : public testing::Test {
 protected:
  Claims() {
    fs::create_directory(place_);
    write("prices.json", R"({"schema":"weir.prices/1","started":"2026-01-02T03:04:05Z","prices":[)"
                         R"({"name":"thread_switch","median_ns":2000,"min_ns":1,"max_ns":1},)"
                         R"({"name":"process_switch","median_ns":2100,"min_ns":1,"max_ns":1}]})");
    // Figures of a scenario that was never run here: two contestants, one block.
    const Said said = run_weir({"compare", "--scenario",
                                write("who.toml",
                                      "question = \"Who?\"\nservice = \"framed\"\n"
                                      "judge = \"unserved\"\nconnections = 4\n"
                                      "contestants = [\"iterative\", \"epoll\"]\n"),
                                "--blocks", "1", "--window", "50ms", "-q", "--report", "", "--json",
                                (place_ / "scenarios.json").string()});
    EXPECT_EQ(said.code, 0) << said;
  }
  ~Claims() override { fs::remove_all(place_); }

  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(place_ / name) << text;
    return (place_ / name).string();
  }

  Said judge(const std::string& claims) const {
    return run_weir({"claims", write("claims.toml", claims), "--prices",
                     (place_ / "prices.json").string(), "--scenarios",
                     (place_ / "scenarios.json").string()});
  }

  static std::string claim(const std::string& rest) { return "[[claim]]\ntext = \"X.\"\n" + rest; }

  const fs::path place_ = fs::temp_directory_path() / fmt::format("weir_claims_{}", ::getpid());
};

TEST_F(Claims, AreConfirmedRefutedOrTooCloseToTell) {
  const auto verdict = [this](const std::string& rest) {
    const Said said = judge(claim(rest));
    EXPECT_EQ(said.code, 0) << said;
    const std::size_t begin = said.output.find("**") + 2;
    return said.output.substr(begin, said.output.find("**", begin) - begin);
  };
  const std::string thread = "figure = \"price thread_switch\"\n";
  EXPECT_EQ(verdict(thread + "more_than = 1000"), "confirmed");
  EXPECT_EQ(verdict(thread + "more_than = 5000000"), "refuted");
  EXPECT_EQ(verdict(thread + "less_than = 1000"), "refuted");
  EXPECT_EQ(verdict(thread + "over = \"price process_switch\"\nmore_than = 1"),
            "too close to tell");
  EXPECT_EQ(verdict("figure = \"price nosuch\"\nmore_than = 1"), "not measured");
  const std::string unserved = "figure = \"scenario who: iterative\"\n";
  EXPECT_EQ(verdict(unserved + "more_than = 0"), "confirmed");
  EXPECT_EQ(verdict("figure = \"scenario who: epoll\"\nmore_than = 0"), "refuted");
  EXPECT_EQ(verdict("figure = \"scenario who: epoll\"\nless_than = 1"), "confirmed");
  EXPECT_EQ(verdict("figure = \"scenario who: fork\"\nless_than = 1"), "not measured");
}

TEST_F(Claims, ThatCantBeReadAreToldInOneSentence) {
  const auto refusal = [this](const std::string& text) {
    const Said said = judge(text);
    EXPECT_EQ(said.code, 2) << said;
    const std::string all = said.errors.empty() ? "" : said.errors.front();
    return all.substr(all.rfind(".toml:") == std::string::npos ? 0 : all.rfind(".toml:") + 6);
  };
  EXPECT_EQ(refusal(""), "1: there is no [[claim]] in it");
  EXPECT_EQ(refusal(claim("figure = \"price x\"\n")),
            "1: there is to be one of more_than and less_than");
  EXPECT_EQ(refusal(claim("figure = \"price x\"\nmore = 1\n")),
            "4: there is no 'more' (only text, figure, over, more_than, less_than)");
  EXPECT_EQ(refusal(claim("figure = \"cost x\"\nmore_than = 1\n")),
            "weir: 'cost x' is no figure; write price NAME, or scenario NAME: CONTESTANT");
}

TEST(ClaimsOfTheTree, CanBeRead) {
  const std::string claims = std::string(WEIR_SOURCE_DIR) + "/claims/claims.toml";
  const Said said = run_weir({"claims", claims, "--prices", "/nonexistent.json"});
  ASSERT_EQ(said.errors.size(), 1u) << said;
  EXPECT_EQ(said.errors[0].substr(0, 33), "weir: can't read /nonexistent.jso");
}

TEST(ClaimsFile, HasToBeThere) {
  const Said said = run_weir({"claims", "/nonexistent.toml"});
  EXPECT_EQ(said.code, 2) << said;
  EXPECT_EQ(said.errors, std::vector<std::string>{"weir: can't read the claims /nonexistent.toml; "
                                                  "is the file there?"});
}

}  // namespace
}  // namespace weir::test
