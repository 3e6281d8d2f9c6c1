#include "lab/tables.hpp"

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lab/sample_trials.hpp"

namespace weir::lab {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

Trial trial_named(const std::string& contestant) {
  return samples::trial_of(Criterion::cpu, {{contestant, {5000, 5100}}}, {5050, 5000});
}

TEST(Tables, OfCsvHaveALineForEachRowAndAsManyCells) {
  const Results results = samples::results();
  const std::vector<std::string> lines = lines_of(tables(results, TableFormat::csv));
  ASSERT_EQ(lines.size(), results.rows.size() + 1);
  for (const std::string& line : lines) {
    EXPECT_EQ(std::count(line.begin(), line.end(), ','), 21) << line;
  }
  EXPECT_EQ(lines[0].rfind("contestant,connections,blocks,verdict,cpu_ns_per_request,", 0), 0u);
  EXPECT_EQ(lines[1].rfind(
                fmt::format("iterative,1,3,{},5600,5600,5600,", name(results.rows[0].verdict)), 0),
            0u)
      << lines[1];
  EXPECT_NE(lines[1].find(",n/a: too few connections to tell,"), std::string::npos) << lines[1];
}

TEST(Tables, OfCsvQuoteWhatWouldEndACell) {
  const std::string text = tables(std::vector{trial_named("epoll, \"edge\"")}, TableFormat::csv);
  EXPECT_NE(text.find("\nmade_up,\"epoll, \"\"edge\"\"\",cpu,5050,5000,5100,false,false,1,a,"),
            std::string::npos)
      << text;
}

TEST(Tables, OfMarkdownHaveAsManyCellsInEachLine) {
  std::size_t bars = 0;
  for (const std::string& line : lines_of(tables(samples::results(), TableFormat::markdown))) {
    if (line.empty() || line[0] != '|') continue;
    const auto found = static_cast<std::size_t>(std::count(line.begin(), line.end(), '|'));
    if (bars == 0) bars = found;
    EXPECT_EQ(found, bars) << line;
  }
  EXPECT_EQ(bars, 14u);
}

TEST(Tables, OfMarkdownEscapeBars) {
  const std::string text = tables(std::vector{trial_named("a|b")}, TableFormat::markdown);
  EXPECT_NE(text.find("| a\\|b | 5.05 us | a | 1.00x |"), std::string::npos) << text;
  EXPECT_EQ(text.rfind("### made_up: Who?\n", 0), 0u) << text;
}

}  // namespace
}  // namespace weir::lab
