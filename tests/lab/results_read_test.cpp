#include "lab/results_read.hpp"

#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "lab/report.hpp"
#include "sample_many.hpp"

namespace weir::lab {
namespace {

/// Results in which all that can be missing is missing somewhere.
Results with_holes() {
  Results made = samples::results();
  Cell failed;
  failed.contestant = made.cells.front().contestant;
  failed.connections = made.cells.front().connections;
  failed.failure = "the server did not say where it listens";
  failed.verdict = judge(failed, samples::two_cpus());
  made.cells.front() = failed;
  made.cells[1].p999_ns = Figure::missing("too few answers to tell");
  made.cells[2].server.system_calls_per_request = Figure::missing("perf_event_open: denied");
  made.cells[3].loop = Loop::open;
  made.cells[3].generator_late = true;
  made.cells[3].p99_calm_ns = 71'000;
  made.cells[3].send_lag_p99_calm_ns = 3000;
  made.cells[3].capacity_rps = 2000;
  made.cells[3].curve = {{50, 1000, 1001, 1e6, Figure::missing("too few answers to tell"), false},
                         {110, 2200, 2000, 40e6, 80e6, true}};
  made.lanes.back().failure = "the clients reported nothing";
  made.machine.virtualisation = "";
  made.interrupted = true;
  summarize(made);
  return made;
}

Results without_a_twin() {
  Results made = samples::results();
  std::erase_if(made.cells, [](const Cell& cell) { return cell.twin; });
  summarize(made);
  return made;
}

TEST(ResultsFromAFile, AreWhatWasWritten) {
  for (const Results& made : {samples::results(1), samples::results(3), samples::results(6),
                              samples::many_results(), with_holes(), without_a_twin()}) {
    const std::string text = to_json(made);
    const Results read = from_json(text);
    EXPECT_EQ(to_json(read), text);
    EXPECT_TRUE(html(read) == html(made)) << "the page differs";
  }
}

TEST(ResultsFromAFile, SummedUpAgainSayTheSame) {
  const std::string text = to_json(samples::results());
  Results read = from_json(text);
  summarize(read);
  EXPECT_EQ(to_json(read), text);
}

TEST(ResultsFromAFile, AreRefusedWhenTheyAreSomethingElse) {
  for (const char* text : {"", "{", "[]", "3", "{}", R"({"schema":"weir.load/1"})",
                           R"({"schema":"weir.compare/1"})"}) {
    EXPECT_THROW(from_json(text), std::runtime_error) << text;
  }
  std::string unknown_verdict = to_json(samples::results());
  const std::string known = "SERVER-BOUND";
  unknown_verdict.replace(unknown_verdict.find(known), known.size(), "HEAVEN-BOUND");
  EXPECT_THROW(from_json(unknown_verdict), std::runtime_error);
}

TEST(RunsOfOneComparison, BecomeOneWithAllTheirBlocks) {
  const Results one = samples::results(3);
  const Results all = merged({one, one});
  EXPECT_EQ(all.blocks, 6u);
  EXPECT_EQ(all.cells.size(), 2 * one.cells.size());
  EXPECT_EQ(all.noise_pairs, 2 * one.noise_pairs);
  EXPECT_EQ(find_row(all, "thread", 64)->blocks, 6u);
  EXPECT_FALSE(find_row(all, "thread", 64)->cpu_to_reference.provisional);
  EXPECT_EQ(to_json(merged({one})), to_json(one));
}

TEST(RunsOfOneComparison, AddTheirNumbersOfConnections) {
  Results one = samples::results();
  Results other = one;
  const auto keep = [](Results& results, std::size_t connections) {
    results.connections = {connections};
    std::erase_if(results.cells, [&](const Cell& cell) { return cell.connections != connections; });
    summarize(results);
  };
  keep(one, 64);
  keep(other, 16);
  const Results all = merged({one, other});
  EXPECT_EQ(all.connections, (std::vector<std::size_t>{16, 64}));
  EXPECT_EQ(all.rows.size(), one.rows.size() + other.rows.size());
}

TEST(RunsOfSeveralComparisons, AreNotPutTogether) {
  const Results one = samples::results();
  EXPECT_EQ(difference(one, one), "");
  Results other = one;
  other.contestants.pop_back();
  EXPECT_EQ(difference(one, other), "other contestants");
  EXPECT_THROW(merged({one, other}), std::invalid_argument);
  other = one;
  other.machine.processor = "another";
  EXPECT_EQ(difference(one, other), "another machine");
  other = one;
  other.machine.cpus_sleep = "";
  EXPECT_EQ(difference(one, other), "idle CPUs kept awake in one of them only");
  other = one;
  other.window_ms += 1;
  EXPECT_EQ(difference(one, other), "runs of another length");
  EXPECT_THROW(merged({}), std::invalid_argument);
}

}  // namespace
}  // namespace weir::lab
