// A scenario that was run: who did how well by the figure it judges by, and what follows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lab/results.hpp"
#include "lab/scenario.hpp"
#include "lab/table.hpp"
#include "lab/terminal_text.hpp"

namespace weir::lab {

/// What became of one contestant.
struct Finding {
  std::string contestant;
  Figure value;  ///< of the criterion: the median over the blocks, of a calm p99 the lower quartile
  Figure low;    ///< the lowest and the highest block
  Figure high;
  bool ranked = false;  ///< it did the whole job, and has the figure
  bool bound = false;   ///< a latency that is at most so much, or a rate that is at least: the load
                        ///< generator's own lateness, or its limit, is a good part of it
  double to_best = 0;   ///< so many times worse than the best, at least 1; 0: unknown, not ranked
  std::string letters;  ///< that it shares with those it can't be told from; empty: not ranked
  std::string note;     ///< why it isn't ranked, or what else befell it
};

struct Trial {
  Scenario scenario;
  Results results;                   ///< all figures of the runs, as of any comparison
  Criterion judge = Criterion::cpu;  ///< the scenario's, or the one that decides instead (see rank)
  double noise_floor = 0;            ///< of the criterion, a ratio; 0: unknown, or it is a count
  std::vector<Finding> findings;     ///< as the contestants are listed
  std::string answer;                ///< one paragraph
};

/// Judges the runs of a scenario.
Trial judge_trial(Scenario scenario, Results results);

/// Whether the load generator was the limit of those who answered most, so that the scenario's figure
/// doesn't tell who is best, and another one judges.
bool judged_by_cost_instead(const Trial& trial);

/// Whether nobody can be told to be better.
bool is_best(const Finding& finding);

/// Returns the contestant to be taken, or nullptr when there is none: the simplest of the best whose
/// estimate is at most a twentieth worse than the best one, since what can't be told from it in a few
/// blocks may still be worse.
const Finding* recommended(const Trial& trial);

/// Returns the figure as text, with "at most " or "at least " before it where that is so.
std::string value_text(const Trial& trial, const Finding& finding);

/// Returns a line for each trial: what to take for that load, and why.
std::string recommendation(const std::vector<Trial>& trials, Colour colour);

/// Returns the trials for a terminal: a table and the answer of each, and what to take.
std::string trials_table(const std::vector<Trial>& trials, Colour colour);

/// Returns the trials as JSON (docs/SCENARIOS.md describes it).
std::string to_json(const std::vector<Trial>& trials);

/// Reads what to_json wrote, and judges it anew. Throws std::runtime_error with one sentence when
/// `text` is something else.
std::vector<Trial> trials_from_json(std::string_view text);

/// Returns the picture and the figures of a scenario that is a curve; of another "".
std::string curves_html(const Trial& trial);

/// Returns a table of how far from the best each model came in each scenario.
std::string heat_map_html(const std::vector<Trial>& trials);

/// Returns the trials as a page.
std::string html(const std::vector<Trial>& trials);

}  // namespace weir::lab
