// Load generators against weir's http: each counts what it was answered, the server what it answered.
#include <regex>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "clients/counted.hpp"

namespace weir::test {
namespace {

constexpr std::size_t requests = 2000;

/// The number in the text that the expression's group takes.
std::size_t number_in(const std::string& text, const std::string& expression) {
  std::smatch match;
  if (!std::regex_search(text, match, std::regex(expression))) {
    throw std::runtime_error("there is no '" + expression + "' in '" + text + "'");
  }
  return std::stoul(match[1]);
}

class LoadTools : public Counted {};

TEST_P(LoadTools, AbCountsWhatIsServed) {
  start("ab");
  const std::string said =
      output_of({program(), "-q", "-k", "-n", std::to_string(requests), "-c", "8", url("/small")});
  const Counts counted{number_in(said, "Complete requests: +(\\d+)"), 0,
                       number_in(said, "HTML transferred: +(\\d+)")};
  EXPECT_EQ(counted, served());
  EXPECT_EQ(number_in(said, "Failed requests: +(\\d+)"), 0u) << said;
  EXPECT_EQ(number_in(said, "Keep-Alive requests: +(\\d+)"), requests) << said;
}

TEST_P(LoadTools, H2loadCountsWhatIsServedToAPipeline) {
  start("h2load");
  const std::string said = output_of(
      {program(), "--h1", "-n", std::to_string(requests), "-c", "8", "-m", "8", url("/small")});
  const Counts counted{number_in(said, "(\\d+) succeeded, 0 failed, 0 errored, 0 timeout"), 0,
                       number_in(said, "\\((\\d+)\\) data")};
  EXPECT_EQ(counted, served()) << said;
  EXPECT_EQ(counted.requests, requests);
}

TEST_P(LoadTools, WrkCountsWhatIsServed) {
  start("wrk");
  constexpr std::size_t connections = 8;
  const std::size_t each = answer_bytes("/small");
  served();
  const std::string said = output_of({program(), "-t", "2", "-c", std::to_string(connections), "-d",
                                      "1s", "-s", script("wrk.lua"), url("/small")});
  const Counts counted = counts_in(said);
  const Counts server = served();
  // When its time is over it leaves what is under way.
  EXPECT_GT(counted.requests, connections);
  EXPECT_LE(counted.requests, server.requests);
  EXPECT_LE(server.requests, counted.requests + connections);
  EXPECT_LE(counted.requests * each, counted.downloaded);
  EXPECT_LE(counted.downloaded, server.requests * each);
  EXPECT_EQ(number_in(said, "errors (\\d+)"), 0u) << said;
}

INSTANTIATE_TEST_SUITE_P(Models, LoadTools, client_models,
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace weir::test
