// Made-up scenarios that were run, for the tests of what is made of them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lab/summary.hpp"
#include "lab/trial.hpp"
#include "sample_results.hpp"

namespace weir::lab::samples {

/// What one contestant's runs show, block by block: what a request cost, and who was never served.
struct Runs {
  std::string contestant;
  std::vector<double> cpu_ns;
  double unserved = 0;
};

inline Scenario scenario_of(Criterion judge) {
  Scenario scenario;
  scenario.name = "made_up";
  scenario.question = "Who?";
  scenario.judge = judge;
  scenario.connections = 64;
  return scenario;
}

/// `twin_ns`: what the second run of the first contestant cost.
inline Trial trial_of(Criterion judge, const std::vector<Runs>& all,
                      const std::vector<double>& twin_ns) {
  Results results;
  results.reference = all.front().contestant;
  results.connections = {64};
  results.blocks = twin_ns.size();
  for (const Runs& runs : all) {
    results.contestants.push_back(runs.contestant);
    for (std::size_t block = 0; block < runs.cpu_ns.size(); ++block) {
      Shape shape;
      shape.cpu_ns = runs.cpu_ns[block];
      shape.unserved = runs.unserved;
      results.cells.push_back(cell(runs.contestant, 64, block, shape));
    }
  }
  for (std::size_t block = 0; block < twin_ns.size(); ++block) {
    Shape shape;
    shape.cpu_ns = twin_ns[block];
    results.cells.push_back(cell(results.reference, 64, block, shape, true));
  }
  summarize(results);
  return judge_trial(scenario_of(judge), std::move(results));
}

}  // namespace weir::lab::samples
