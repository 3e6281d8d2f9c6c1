#include "lab/diff.hpp"

#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "lab/json.hpp"
#include "sample_results.hpp"

namespace weir::lab {
namespace {

/// The sample, in which a request costs `contestant` (empty: all of them) so many times as much.
Results scaled(const std::string& contestant, double factor) {
  Results made = samples::results();
  for (Cell& cell : made.cells) {
    if (!contestant.empty() && cell.contestant != contestant) continue;
    const double cost = cell.server.cpu_ns_per_request.value_or(0);
    cell.server.cpu_ns_per_request = cost * factor;
  }
  summarize(made);
  return made;
}

const Difference& row(const Diff& found, const std::string& contestant, std::size_t connections) {
  for (const Difference& each : found.rows) {
    if (each.contestant == contestant && each.connections == connections) return each;
  }
  throw std::out_of_range(contestant);
}

TEST(Diff, OfARunWithItselfFindsNothing) {
  const Results made = samples::results();
  const Diff found = diff(made, made);
  EXPECT_EQ(found.rows.size(), made.rows.size());
  EXPECT_EQ(found.count(Change::worse) + found.count(Change::better), 0u);
  ASSERT_EQ(found.sentences.size(), 1u);
  EXPECT_EQ(found.sentences[0].rfind("Nothing has become dearer", 0), 0u) << found.sentences[0];
}

TEST(Diff, FindsWhatIsDearerBeyondTheNoise) {
  const Diff found = diff(samples::results(), scaled("thread", 1.3));
  EXPECT_EQ(row(found, "thread", 64).change, Change::worse);
  EXPECT_NEAR(row(found, "thread", 64).ratio.value_or(0), 1.3, 1e-9);
  EXPECT_NEAR(row(found, "thread", 64).reference_ratio.value_or(0), 1.3, 1e-9);
  EXPECT_EQ(row(found, "epoll", 64).change, Change::cannot_tell);
  EXPECT_EQ(found.count(Change::worse), 4u);
  const Diff back = diff(scaled("thread", 1.3), samples::results());
  EXPECT_EQ(back.count(Change::worse), 0u);
  EXPECT_EQ(back.count(Change::better), 4u);
}

TEST(Diff, LeavesAloneWhatIsInTheNoise) {
  // One floor is 1.05x, so both together are 1.10x.
  EXPECT_EQ(diff(samples::results(), scaled("thread", 1.08)).count(Change::worse), 0u);
}

TEST(Diff, DoesNotBelieveBlocksThatOverlap) {
  Results after = scaled("thread", 1.3);
  for (Cell& cell : after.cells) {
    if (cell.contestant == "thread" && cell.block == 0) cell.server.cpu_ns_per_request = 5000;
  }
  summarize(after);
  EXPECT_EQ(row(diff(samples::results(), after), "thread", 64).change, Change::cannot_tell);
}

TEST(Diff, SaysThatTheMachineMayHaveChanged) {
  const Diff found = diff(samples::results(), scaled("", 1.5));
  ASSERT_GE(found.sentences.size(), 2u);
  EXPECT_NE(found.sentences[1].find("rows moved the same way, 1.50x"), std::string::npos)
      << found.sentences[1];
  EXPECT_NEAR(row(found, "thread", 64).reference_ratio.value_or(0), 1, 1e-9);
}

TEST(Diff, DoesNotCompareRowsThatServedOnlySome) {
  const Diff found = diff(samples::results(), scaled("iterative", 3));
  EXPECT_EQ(row(found, "iterative", 64).change, Change::unknown);
  EXPECT_EQ(row(found, "iterative", 64).ratio.reason(), "63 of 64 unserved");
  EXPECT_EQ(row(found, "iterative", 1).change, Change::worse);
}

TEST(Diff, WithoutANoiseFloorTellsNothing) {
  Results after = scaled("thread", 3);
  std::erase_if(after.cells, [](const Cell& cell) { return cell.twin; });
  summarize(after);
  const Diff found = diff(samples::results(), after);
  EXPECT_EQ(found.count(Change::worse), 0u);
  EXPECT_FALSE(found.noise_floor.known());
}

TEST(Diff, NamesWhatOnlyOneRunHas) {
  Results after = samples::results();
  std::erase_if(after.rows, [](const Row& each) { return each.connections == 256; });
  const Diff found = diff(samples::results(), after);
  EXPECT_EQ(found.only_before.size(), 3u);
  EXPECT_EQ(found.only_before.front(), "iterative, 256 connections");
  EXPECT_TRUE(found.only_after.empty());
}

TEST(Diff, OfDifferentThingsIsRefused) {
  Results other = samples::results();
  other.protocol = "chat";
  EXPECT_THROW(diff(samples::results(), other), std::invalid_argument);
  other = samples::results();
  other.rows.clear();
  EXPECT_THROW(diff(samples::results(), other), std::invalid_argument);
}

TEST(Diff, IsThereForProgramsAndForPeople) {
  const Diff found = diff(samples::results(), scaled("thread", 1.3));
  const Json json = Json::parse(to_json(found));
  EXPECT_EQ(json.at("schema").text_or(""), "weir.diff/1");
  EXPECT_EQ(json.at("dearer").number_or(0), 4);
  EXPECT_EQ(json.at("rows").elements().size(), found.rows.size());
  const std::string text = table(found);
  EXPECT_NE(text.find("\n64 connections\n"), std::string::npos) << text;
  EXPECT_NE(text.find("1.30x         1.30x  dearer"), std::string::npos) << text;
  EXPECT_EQ(text.find(" \n"), std::string::npos) << text;
}

}  // namespace
}  // namespace weir::lab
