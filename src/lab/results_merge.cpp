// Several runs of one comparison as one.
#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "lab/results_read.hpp"
#include "lab/summary.hpp"

namespace weir::lab {
namespace {

void add(Results& all, const Results& run) {
  for (Cell cell : run.cells) {
    cell.block += all.blocks;
    all.cells.push_back(std::move(cell));
  }
  for (const std::size_t connections : run.connections) {
    const auto& known = all.connections;
    if (std::find(known.begin(), known.end(), connections) == known.end()) {
      all.connections.push_back(connections);
    }
  }
  all.blocks += run.blocks;
  all.cells_planned += run.cells_planned;
  all.elapsed_s += run.elapsed_s;
  all.interrupted |= run.interrupted;
  all.started = std::min(all.started, run.started);  // ISO 8601 sorts as time does
  all.command += "; " + run.command;
  if (all.lanes.empty()) all.lanes = run.lanes;
}

}  // namespace

std::string difference(const Results& one, const Results& other) {
  if (one.contestants != other.contestants) return "other contestants";
  if (one.protocol != other.protocol) {
    return fmt::format("another service ({}, not {})", other.protocol, one.protocol);
  }
  if (one.reference != other.reference) return "another reference";
  if (one.machine.processor != other.machine.processor || one.machine.cpus != other.machine.cpus) {
    return "another machine";
  }
  if (one.machine.cpus_sleep.empty() != other.machine.cpus_sleep.empty()) {
    return "idle CPUs kept awake in one of them only";
  }
  if (one.window_ms != other.window_ms || one.warm_up_ms != other.warm_up_ms) {
    return "runs of another length";
  }
  return "";
}

Results merged(const std::vector<Results>& runs) {
  if (runs.empty()) throw std::invalid_argument("there are no results to put together");
  Results all = runs.front();
  if (runs.size() == 1) return all;
  for (std::size_t i = 1; i < runs.size(); ++i) {
    const std::string differs = difference(runs.front(), runs[i]);
    if (!differs.empty()) {
      throw std::invalid_argument(fmt::format("one of the results is of {}", differs));
    }
    add(all, runs[i]);
  }
  std::sort(all.connections.begin(), all.connections.end());
  summarize(all);
  return all;
}

}  // namespace weir::lab
