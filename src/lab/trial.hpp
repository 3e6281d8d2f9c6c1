// A scenario that was run: who did how well by the figure it judges by, and what follows.
#pragma once

#include <string>
#include <vector>

#include "lab/results.hpp"
#include "lab/scenario.hpp"
#include "lab/table.hpp"

namespace weir::lab {

/// What became of one contestant.
struct Finding {
  std::string contestant;
  Figure value;  ///< of the criterion: the median over the blocks
  Figure low;    ///< the lowest and the highest block
  Figure high;
  double to_best = 0;   ///< so many times worse than the best, at least 1; 0: unknown, not ranked
  std::string letters;  ///< that it shares with those it can't be told from; empty: not ranked
  std::string note;     ///< why it isn't ranked, or what else befell it
};

struct Trial {
  Scenario scenario;
  Results results;                ///< all figures of the runs, as of any comparison
  double noise_floor = 0;         ///< of the criterion, a ratio; 0: unknown, or it is a count
  std::vector<Finding> findings;  ///< as the contestants are listed
  std::string answer;             ///< one paragraph
};

/// Judges the runs of a scenario.
Trial judge_trial(Scenario scenario, Results results);

/// Returns the trials for a terminal: a table and the answer of each.
std::string trials_table(const std::vector<Trial>& trials, Colour colour);

/// Returns the trials as JSON (docs/SCENARIOS.md describes it).
std::string to_json(const std::vector<Trial>& trials);

/// Returns the trials as a page.
std::string html(const std::vector<Trial>& trials);

}  // namespace weir::lab
