// Writes made-up results of all models, as `weir compare` would: what the page test opens.
// page_samples RESULTS.json SCENARIOS.json
#include <cstdio>
#include <fstream>
#include <vector>

#include "lab/sample_many.hpp"
#include "lab/summary.hpp"
#include "lab/trial.hpp"

namespace {

using namespace weir::lab;

/// All models, but of one block at two numbers of connections: axe-core looks at each cell of a table.
Results few_results() {
  Results made = samples::many_results();
  std::erase_if(made.cells, [](const Cell& cell) {
    return cell.block > 0 || (cell.connections != 16 && cell.connections != 64);
  });
  made.connections = {16, 64};
  made.blocks = 1;
  made.cells_planned = made.cells.size();
  summarize(made);
  return made;
}

/// The models without their twins, judged by one figure.
std::vector<Trial> trials() {
  Results made = few_results();
  std::erase_if(made.cells, [](const Cell& cell) {
    return is_by_hand(cell.contestant) || cell.connections != 64;
  });
  made.connections = {64};
  for (Cell& cell : made.cells) {
    cell.capacity_rps = cell.throughput_rps.value_or(0) * 1.05;
    for (const std::size_t percent : {20u, 80u}) {
      const double part = static_cast<double>(percent) / 100;
      cell.curve.push_back({percent, cell.throughput_rps.value_or(0) * part,
                            cell.throughput_rps.value_or(0) * part * 0.97,
                            cell.p50_ns.value_or(0) * (1 + part),
                            cell.p99_ns.value_or(0) * (1 + 4 * part), false});
    }
  }
  summarize(made);
  Scenario scenario = parse_scenario(
      "question = \"What does a request cost?\"\nabout = \"64 clients that ask at once again.\"\n"
      "service = \"framed\"\nconnections = 64\n",
      "cost.toml");
  return {judge_trial(std::move(scenario), std::move(made))};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: page_samples RESULTS.json SCENARIOS.json\n", stderr);
    return 2;
  }
  std::ofstream(argv[1], std::ios::binary) << to_json(few_results());
  std::ofstream(argv[2], std::ios::binary) << to_json(trials());
  return 0;
}
