// `weir serve http` and `weir load http://...` on the command line.
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lab/json.hpp"
#include "lab/process.hpp"
#include "support/command.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

TEST(HttpCommand, SaysWhatALimitCanNotBe) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> mistakes{
      {{"--body-max", "5"}, "--body-max: '5' needs a unit; write 16KiB, 1MiB or 512B"},
      {{"--header-max", "0B"}, "--header-max: '0B' is out of range"},
      {{"--request-line-max", "2MiB"}, "--request-line-max: '2MiB' is out of range"},
      {{"--header-fields-max", "257"}, "--header-fields-max: '257' is not between 1 and 256"},
      {{"--bytes-a-second-min", "fast"}, "--bytes-a-second-min: 'fast' is no whole number"},
      {{"--bytes-a-second-min", "5B"}, "--bytes-a-second-min: '5B' is no whole number"},
      {{"--keep-alive", "61m"}, "--keep-alive: '61m' is out of range"},
      {{"--body-deadline", "20"}, "--body-deadline: '20' needs a unit; write 30s or 500ms"},
  };
  for (const auto& [options, sentence] : mistakes) {
    std::vector<std::string> words{"serve", "http", "-l", "127.0.0.1:0"};
    words.insert(words.end(), options.begin(), options.end());
    const Said said = run_weir(words);
    EXPECT_EQ(said.code, 2);
    EXPECT_EQ(said.errors, std::vector<std::string>{"weir: " + sentence});
  }
}

class HttpLoad : public testing::Test {
 protected:
  Said load(const std::string& path, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{
        "load", fmt::format("http://{}:{}{}", server_.host, server_.port, path),
        "-c",   "4",
        "-n",   "200",
        "-q"};
    words.insert(words.end(), more.begin(), more.end());
    return run_weir(words);
  }
  const lab::Server server_ =
      lab::start_server({weir_path(), "serve", "http", "-l", "127.0.0.1:0"});
};

TEST_F(HttpLoad, AsksAsABrowserDoes) {
  const Said said = load("", {"--json", "-"});
  ASSERT_EQ(said.code, 0) << said;
  const lab::Json report = lab::Json::parse(said.output);
  EXPECT_EQ(report.at("requests").number_or(0), 200);
  EXPECT_GT(report.at("request_bytes").number_or(0), 500);
}

TEST_F(HttpLoad, AsksForThePathOfItsTarget) {
  EXPECT_EQ(load("/healthz").code, 0);
  EXPECT_EQ(load("/json?a=b", {"--churn"}).code, 0);
  const Said refused = load("/echo");
  EXPECT_EQ(refused.code, 3) << refused;
  EXPECT_NE(refused.errors.back().find("the server answered 405 Method Not Allowed"),
            std::string::npos)
      << refused;
  EXPECT_EQ(load("/echo", {"--request", "/plaintext"}).code, 0);
}

}  // namespace
}  // namespace weir::test
