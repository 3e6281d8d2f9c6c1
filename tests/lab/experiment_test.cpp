#include "lab/experiment.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <stdexcept>
#include <stdlib.h>

#include <gtest/gtest.h>

#include "sample_results.hpp"

namespace weir::lab {
namespace {

namespace fs = std::filesystem;

// A command that behaves like weir and answers at once with made-up figures.
class FakeWeir {
 public:
  explicit FakeWeir(const std::string& load) {
    std::string pattern = (fs::temp_directory_path() / "weir-lab-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    path_ = folder_ + "/weir";
    std::ofstream(path_)
        << "#!/bin/sh\ncase $1 in\n"
           "serve) echo 'fake on 127.0.0.1:9, model x' >&2; "
           "trap 'kill $!; exit 0' TERM; sleep 1000 & wait;;\n"
           "load) cat <<'END'\n"
        << load
        << "\nEND\n;;\n"
           "client) echo '{\"clients\":[{\"name\":\"conn0\",\"events\":[{\"at_ms\":"
           "1.5,\"what\":\"connected\",\"text\":\"\"}]}],\"elapsed_ms\":2}';;\n"
           "esac\n";
    fs::permissions(path_, fs::perms::owner_all);
  }
  FakeWeir(const FakeWeir&) = delete;
  FakeWeir& operator=(const FakeWeir&) = delete;
  ~FakeWeir() { fs::remove_all(folder_); }

  const std::string& path() const { return path_; }

 private:
  std::string folder_;
  std::string path_;
};

CompareOptions options_for(const std::string& weir) {
  CompareOptions options;
  options.weir = weir;
  options.contestants = models(options, {"thread", "epoll"});
  options.connections = {16, 64};
  options.blocks = 2;
  return options;
}

TEST(Plan, HasEveryModelAndTheTwinOnceInEachBlockAtEachLoad) {
  const Plan planned = plan(options_for("weir"));
  EXPECT_EQ(planned.cells.size(), 2u * 2u * 3u);
  std::map<std::pair<std::size_t, std::size_t>, std::set<std::pair<std::size_t, bool>>> seen;
  for (const PlannedCell& cell : planned.cells) {
    seen[{cell.block, cell.connections}].insert({cell.contestant, cell.twin});
  }
  const std::set<std::pair<std::size_t, bool>> everybody{{0, false}, {1, false}, {1, true}};
  for (const auto& [where, who] : seen) EXPECT_EQ(who, everybody);
}

TEST(Plan, DependsOnTheSeedAlone) {
  CompareOptions options = options_for("weir");
  options.blocks = 6;
  const auto order = [&](std::uint64_t seed) {
    options.seed = seed;
    std::vector<std::size_t> result;
    for (const PlannedCell& cell : plan(options).cells) {
      result.push_back(cell.contestant * 2 + (cell.twin ? 1 : 0) + cell.connections * 10);
    }
    return result;
  };
  EXPECT_EQ(order(7), order(7));
  EXPECT_NE(order(7), order(8));
}

TEST(Plan, TheTwinIsFoundInEverySlot) {
  CompareOptions options = options_for("weir");
  options.blocks = 50;
  options.connections = {64};
  const Plan planned = plan(options);
  std::set<std::size_t> slots;
  for (std::size_t i = 0; i < planned.cells.size(); ++i) {
    if (planned.cells[i].twin) slots.insert(i % 3);
  }
  EXPECT_EQ(slots.size(), 3u);
}

TEST(Plan, ObeysABudgetByDroppingBlocks) {
  CompareOptions options = options_for("weir");
  options.blocks = 10;
  options.budget = std::chrono::seconds(30);
  const Plan planned = plan(options);
  EXPECT_LT(planned.blocks, 10u);
  EXPECT_GE(planned.blocks, 1u);
  EXPECT_LE(planned.estimate_s, 30);
}

TEST(Plan, OfCurvesTakesAsMuchLongerAsTheyHaveRates) {
  CompareOptions options = options_for("weir");
  const double once_s = plan(options).cell_s;
  options.percents = {50, 80, 110};
  EXPECT_GT(plan(options).cell_s, 3 * once_s);
}

TEST(Plan, RefusesWhatCannotBeRun) {
  CompareOptions options = options_for("weir");
  options.reference = "nosuch";
  EXPECT_THROW(plan(options), std::invalid_argument);
  options = options_for("weir");
  options.blocks = 0;
  EXPECT_THROW(plan(options), std::invalid_argument);
}

TEST(Run, MeasuresEveryCellAndDrawsWhoWaits) {
  const FakeWeir weir(samples::load_json(64, samples::epoll(64)));
  std::size_t calls = 0;
  const Results results = run(options_for(weir.path()), [&](const ProgressEvent& event) {
    ++calls;
    EXPECT_EQ(event.cells, 12u);
  });
  EXPECT_EQ(results.cells.size(), 12u);
  EXPECT_EQ(calls, 14u);
  for (const Cell& cell : results.cells) EXPECT_EQ(cell.failure, "");
  ASSERT_EQ(results.lanes.size(), 2u);
  EXPECT_EQ(results.lanes[0].lanes.at(0).events.at(0).what, "connected");
  EXPECT_FALSE(results.interrupted);
}

TEST(Run, ACellThatFailsIsPartOfTheResults) {
  const FakeWeir weir("no json");
  CompareOptions options = options_for(weir.path());
  options.blocks = 1;
  options.lanes = false;
  const Results results = run(options, {});
  EXPECT_EQ(results.cells.size(), 6u);
  for (const Cell& cell : results.cells) EXPECT_EQ(cell.verdict.limit, Limit::invalid);
  EXPECT_NE(results.answer.find("no model can be recommended"), std::string::npos);
}

TEST(Run, AServerThatIsNotThereIsAFailureOfItsCells) {
  const FakeWeir weir(samples::load_json(64, samples::epoll(64)));
  CompareOptions options = options_for(weir.path());
  options.blocks = 1;
  options.lanes = false;
  options.contestants[0].argv = {"/no/such/server"};
  const Results results = run(options, {});
  for (const Cell& cell : results.cells) {
    EXPECT_EQ(cell.failure.empty(), cell.contestant == "epoll");
  }
}

TEST(Run, AStopLeavesTheReportSoFar) {
  const FakeWeir weir(samples::load_json(64, samples::epoll(64)));
  CompareOptions options = options_for(weir.path());
  std::atomic<bool> stop = false;
  options.stop = &stop;
  const Results results = run(options, [&](const ProgressEvent& event) { stop = event.cell == 4; });
  EXPECT_TRUE(results.interrupted);
  EXPECT_EQ(results.cells.size(), 3u);
  EXPECT_EQ(results.cells_planned, 12u);
  EXPECT_TRUE(results.lanes.empty());
}

}  // namespace
}  // namespace weir::lab
