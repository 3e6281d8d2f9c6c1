// Two runs of scenarios against each other: who has become worse by what a scenario judges by?
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lab/diff.hpp"
#include "lab/trial.hpp"

namespace weir::lab {

/// One contestant in one scenario, in both runs.
struct TrialDifference {
  std::string scenario;
  std::string contestant;
  Criterion judge = Criterion::cpu;
  Figure before;
  Figure after;
  Figure worse;            ///< so many times worse; of a count: so many more
  Figure reference_worse;  ///< the same of what it was against the reference of its own run
  Figure noise_floor;      ///< the product of both runs' floors; a count has none
  Change change = Change::unknown;
};

struct TrialDiff {
  std::vector<TrialDifference> rows;
  std::vector<std::string> only_before;  ///< "block" or "block, epoll"
  std::vector<std::string> only_after;
  std::vector<std::string> sentences;

  std::size_t count(Change change) const;
};

/// Compares what both runs have. A contestant has changed when its figures differ beyond the product
/// of both runs' noise floors (of a count: at all), and no block of one was as good as one of the
/// other. Who wasn't ranked in both is not compared. Throws std::invalid_argument when the runs have
/// nothing in common, or when a scenario of one name asks for other things in each.
TrialDiff diff(const std::vector<Trial>& before, const std::vector<Trial>& after);

/// Returns it as text, and as JSON: schema weir.scenarios.diff/1 (docs/SCENARIOS.md).
std::string table(const TrialDiff& diff);
std::string to_json(const TrialDiff& diff);

}  // namespace weir::lab
