// `weir predict`: what is said before, and what came of it.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lab/json.hpp"
#include "support/command.hpp"

namespace weir::test {
namespace {

namespace fs = std::filesystem;

class Predicted : public testing::Test {
 protected:
  Predicted() { fs::create_directory(place_); }
  ~Predicted() override { fs::remove_all(place_); }

  std::string file(const std::string& name) const { return (place_ / name).string(); }

  lab::Json read(const std::string& name) const {
    std::ifstream in(file(name));
    return lab::Json::parse(std::string(std::istreambuf_iterator<char>(in), {}));
  }

  const fs::path place_ = fs::temp_directory_path() / fmt::format("weir_predict_{}", ::getpid());
};

TEST_F(Predicted, IsWrittenDownAndThenMeasured) {
  const Said prices = run_weir({"prices", "--quick", "-q", "--json", file("prices.json")});
  ASSERT_EQ(prices.code, 0) << prices;
  const Said said = run_weir({"predict", "--prices", file("prices.json"), "--json",
                              file("prediction.json"), "-c", "16", "-m", "epoll,thread"});
  EXPECT_EQ(said.code, 0) << said;
  const lab::Json before = read("prediction.json");
  EXPECT_EQ(before.at("schema").text_or(""), "weir.predict/1");
  const lab::Json& epoll = before.at("predictions").elements().at(0);
  EXPECT_TRUE(epoll.at("measured_cpu_ns_per_request").is_null());

  const Said measured =
      run_weir({"predict", "--prices", file("prices.json"), "--json", file("prediction.json"), "-c",
                "16", "-m", "epoll,thread", "-q", "--measure", "--blocks", "1"});
  EXPECT_EQ(measured.code, 0) << measured;
  const lab::Json both = read("prediction.json");
  const lab::Json& after = both.at("predictions").elements().at(0);
  EXPECT_EQ(after.at("cpu_ns_per_request").number_or(0),
            epoll.at("cpu_ns_per_request").number_or(1));
  EXPECT_GT(after.at("measured_cpu_ns_per_request").number_or(0), 0) << measured;
  EXPECT_TRUE(after.at("relative_error").is_number()) << measured;
  EXPECT_GT(both.at("dearer").number_or(0), 0) << measured;
  EXPECT_TRUE(after.at("relative_error_at_prices").is_number()) << measured;
}

/// With a list that is far too dear the machine is far faster than it was, and what is measured would
/// have cost that much more then.
TEST_F(Predicted, IsHeldAgainstWhatThePricesAreMeanwhile) {
  const Said prices = run_weir({"prices", "--quick", "-q", "--json", "-"});
  ASSERT_EQ(prices.code, 0) << prices;
  const std::regex median(R"("median_ns": [0-9]+)");
  std::ofstream(file("dear.json")) << std::regex_replace(prices.output, median, "$&00");
  const Said said = run_weir({"predict", "--prices", file("dear.json"), "--json", "-", "-c", "16",
                              "-m", "epoll", "-q", "--measure", "--blocks", "1"});
  ASSERT_EQ(said.code, 0) << said;
  const lab::Json both = lab::Json::parse(said.output);
  const lab::Json& epoll = both.at("predictions").elements().at(0);
  EXPECT_LT(both.at("dearer").number_or(1), 0.1) << said;
  EXPECT_GT(epoll.at("measured_cpu_ns_at_prices").number_or(0),
            10 * epoll.at("measured_cpu_ns_per_request").number_or(1e9))
      << said;
}

TEST_F(Predicted, IsExtrapolatedToMoreCores) {
  const Said prices = run_weir({"prices", "--quick", "-q", "--json", file("prices.json")});
  ASSERT_EQ(prices.code, 0) << prices;
  const auto capacity = [this](const std::string& cores) {
    const Said said = run_weir({"predict", "--prices", file("prices.json"), "--json", "-", "-m",
                                "epoll", "-c", "100000", "--cores", cores});
    EXPECT_EQ(said.code, 0) << said;
    return lab::Json::parse(said.output)
        .at("predictions")
        .elements()
        .at(0)
        .at("capacity_rps")
        .number_or(0);
  };
  EXPECT_NEAR(capacity("32") / capacity("1"), 32, 1e-6);
  const Said said = run_weir(
      {"predict", "--prices", file("prices.json"), "--json", "", "--cores", "32", "-m", "epoll"});
  EXPECT_NE(said.output.find("extrapolated, not measured"), std::string::npos) << said;
}

TEST(PredictMistakes, AreToldInOneSentence) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> mistakes{
      {{"--cores", "4", "--measure"},
       "--cores is another machine, which can't be measured here; leave --measure out"},
      {{"--churn", "-r", "5"}, "--churn is predicted under full load only; leave --rate out"},
      {{"-m", "epol"},
       "nothing can be predicted of 'epol'; did you mean 'epoll'? (only of iterative, fork, "
       "thread, "
       "pool, fiber, epoll, uring)"},
      {{"--prices", "/proc/version"},
       "/proc/version can't be used: it is not JSON; name another file"},
  };
  for (const auto& [words, sentence] : mistakes) {
    std::vector<std::string> all{"predict"};
    all.insert(all.end(), words.begin(), words.end());
    const Said said = run_weir(all);
    EXPECT_EQ(said.code, 2) << sentence;
    EXPECT_EQ(said.errors, std::vector<std::string>{"weir: " + sentence});
  }
}

}  // namespace
}  // namespace weir::test
