#include "lab/trial.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "lab/blocks.hpp"
#include "lab/format.hpp"
#include "lab/summary.hpp"

namespace weir::lab {
namespace {

/// A server that answers nobody is no invalid run where it is counted who was never served.
bool valid(const Trial& trial, const Cell& cell) {
  if (cell.verdict.limit != Limit::invalid) return true;
  return trial.scenario.judge == Criterion::unserved && cell.failure.empty() &&
         cell.unserved.known() && cell.errors.value_or(1) == 0;
}

FigureOf judged(const Trial& trial) {
  return [&trial](const Cell& cell) {
    return valid(trial, cell) ? figure_of(cell, trial.scenario.judge)
                              : Figure::missing(cell.verdict.words);
  };
}

std::vector<const Cell*> runs_of(const Trial& trial, const std::string& contestant) {
  return cells_of(trial.results, contestant, trial.scenario.connections);
}

/// How many times worse each run was than the reference's in the same block, as logarithms.
std::vector<double> how_much_worse(const Trial& trial, const std::vector<const Cell*>& cells) {
  std::vector<double> ratios = log_ratios(trial.results, cells, judged(trial));
  if (higher_is_better(trial.scenario.judge)) {
    for (double& ratio : ratios) ratio = -ratio;
  }
  return ratios;
}

/// In most of its runs a good part of the latency is the generator's own lateness.
bool is_late(const Trial& trial, const Row& row) {
  constexpr double good_part = 0.25;
  const Criterion judge = trial.scenario.judge;
  if (judge != Criterion::p50 && judge != Criterion::p99) return false;
  const std::vector<const Cell*> cells = runs_of(trial, row.contestant);
  const auto late = std::count_if(cells.begin(), cells.end(), [judge](const Cell* cell) {
    const double latency_ns = figure_of(*cell, judge).value_or(0);
    return cell->generator_late &&
           cell->send_lag_p99_ns.value_or(latency_ns) >= good_part * latency_ns;
  });
  return 2 * static_cast<std::size_t>(late) > cells.size();
}

/// Why its latency is not as asked for; empty: it is.
std::string misses(const Trial& trial, const Row& row, const Goal& goal) {
  const Figure latency = over_blocks(runs_of(trial, row.contestant), [&goal](const Cell& cell) {
    return figure_of(cell, goal.figure);
  });
  if (keeps(latency, goal)) return "";
  return fmt::format("{} {}, asked for was {}", name(goal.figure), text_of(latency, goal.figure),
                     goal.text);
}

/// That it did less than was asked of it at a given rate; empty: it did all.
std::string falls_behind(const Trial& trial, const Row& row) {
  constexpr double enough = 0.9;
  if (trial.scenario.judge == Criterion::rate || is_count(trial.scenario.judge)) return "";
  const std::vector<const Cell*> cells = runs_of(trial, row.contestant);
  const Figure offered = over_blocks(cells, [](const Cell& cell) { return cell.offered_rps; });
  const double answered = row.throughput_rps.value_or(0);
  const bool own_fault = std::none_of(cells.begin(), cells.end(),
                                      [](const Cell* cell) { return cell->generator_late; });
  if (!offered.known() || !own_fault || answered >= enough * offered.value_or(0)) return "";
  return fmt::format("falls behind: {} of {}", rate_text(answered), rate_text(offered));
}

/// Why it isn't ranked: it did another, easier job. Empty: it is.
std::string excluded_by(const Trial& trial, const Row& row) {
  const bool counted = !known_values(runs_of(trial, row.contestant), judged(trial)).empty();
  if (row.verdict.limit == Limit::invalid && !counted) return row.verdict.words;
  const double unserved = row.unserved.value_or(0);
  if (unserved > 0 && !is_count(trial.scenario.judge)) {
    return fmt::format("{:.0f} of {} clients never served", unserved, row.connections);
  }
  if (const std::string behind = falls_behind(trial, row); !behind.empty()) return behind;
  if (trial.scenario.goal) {
    const std::string missed = misses(trial, row, *trial.scenario.goal);
    if (!missed.empty()) {
      return missed + (row.rate_is_lower_bound ? "; the load generator was the limit" : "");
    }
  }
  if (row.rate_is_lower_bound && trial.scenario.judge == Criterion::rate) {
    return "at least: the load generator was the limit";
  }
  return "";
}

Finding finding_of(const Trial& trial, const Row& row) {
  Finding finding;
  finding.contestant = row.contestant;
  const std::vector<const Cell*> cells = runs_of(trial, row.contestant);
  finding.value = finding.low = finding.high = over_blocks(cells, judged(trial));
  const std::vector<double> values = known_values(cells, judged(trial));
  if (!values.empty()) {
    finding.low = *std::min_element(values.begin(), values.end());
    finding.high = *std::max_element(values.begin(), values.end());
  }
  finding.note = excluded_by(trial, row);
  finding.at_most = finding.note.empty() && is_late(trial, row);
  if (finding.at_most) finding.note = "the load generator was late";
  if (finding.note.empty() && !finding.value.known()) finding.note = finding.value.reason();
  const double counted = finding.value.value_or(0);
  if (finding.note.empty() && is_count(trial.scenario.judge) && counted > 0) {
    finding.note = fmt::format("{:.0f} of {}", counted, row.connections);
  }
  if (finding.note.empty() && row.verdict.noisy) finding.note = "noisy";
  return finding;
}

bool ranked(const Trial& trial, const Finding& finding) {
  const Row* row = find_row(trial.results, finding.contestant, trial.scenario.connections);
  return finding.value.known() && row != nullptr && excluded_by(trial, *row).empty();
}

/// Counts are what they are: who has the same is as good.
void rank_counts(Trial& trial, std::vector<Finding*>& findings) {
  std::stable_sort(findings.begin(), findings.end(), [](const Finding* left, const Finding* right) {
    return left->value.value_or(0) < right->value.value_or(0);
  });
  char letter = 'a';
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const bool more = i > 0 && findings[i]->value.value_or(0) > findings[i - 1]->value.value_or(0);
    if (more && letter < 'z') ++letter;
    findings[i]->letters = letter;
  }
  trial.noise_floor = 0;
}

/// A contestant, and how many times worse than the reference it was, as a logarithm.
struct Estimated {
  Finding* finding;
  double worse;
};

/// Of those whose latency is known only to be at most so much nobody can say who is better. But who
/// is better at most than all that are known, is.
void rank_late(const std::vector<Estimated>& late, const std::vector<Estimated>& known,
               double floor) {
  double best_known = INFINITY;
  for (const Estimated& each : known) best_known = std::min(best_known, each.worse);
  if (known.empty()) return;
  double bound = -INFINITY;
  for (const Estimated& each : late) {
    if (each.worse >= best_known - std::log(floor)) continue;
    each.finding->letters = "a";
    bound = std::max(bound, each.worse);
  }
  if (bound == -INFINITY) return;
  for (const Estimated& each : known) {
    for (char& letter : each.finding->letters) ++letter;
    each.finding->to_best = std::exp(each.worse - bound);
  }
}

void rank_ratios(Trial& trial, std::vector<Finding*>& findings) {
  const auto twins = how_much_worse(trial, twins_of(trial.results));
  if (twins.empty()) return;
  trial.noise_floor = noise_floor(twins);
  std::vector<Estimated> known;
  std::vector<Estimated> late;
  std::vector<double> estimates;
  for (Finding* finding : findings) {
    const auto ratios = how_much_worse(trial, runs_of(trial, finding->contestant));
    if (ratios.empty()) continue;
    const double worse = hodges_lehmann(ratios);
    (finding->at_most ? late : known).push_back({finding, worse});
    if (!finding->at_most) estimates.push_back(worse);
  }
  const auto letters = letter_groups(estimates, trial.noise_floor);
  for (std::size_t i = 0; i < known.size(); ++i) {
    const double best = *std::min_element(estimates.begin(), estimates.end());
    known[i].finding->letters = letters[i];
    known[i].finding->to_best = std::exp(known[i].worse - best);
  }
  rank_late(late, known, trial.noise_floor);
}

std::string others_text(const Trial& trial, const std::vector<const Finding*>& best) {
  std::vector<std::string> others;
  std::vector<std::string> excluded;
  for (const Finding& finding : trial.findings) {
    if (std::find(best.begin(), best.end(), &finding) != best.end()) continue;
    if (finding.letters.empty()) {
      excluded.push_back(fmt::format("{} ({})", finding.contestant, finding.note));
    } else {
      const std::string times =
          finding.to_best > 0 ? fmt::format(", {} as bad", ratio_text(finding.to_best)) : "";
      others.push_back(
          fmt::format("{} {}{}", finding.contestant, value_text(trial, finding), times));
    }
  }
  std::string text;
  if (!others.empty()) text += fmt::format(" The others: {}.", fmt::join(others, "; "));
  if (!excluded.empty()) text += fmt::format(" Not ranked: {}.", fmt::join(excluded, "; "));
  return text;
}

std::string answer_of(const Trial& trial) {
  std::vector<const Finding*> best;
  for (const Finding& finding : trial.findings) {
    if (is_best(finding)) best.push_back(&finding);
  }
  if (best.empty()) {
    return trial.scenario.goal ? "Nobody can be recommended." + others_text(trial, best)
                               : "Nobody can be recommended: no run gave figures to compare.";
  }
  std::vector<std::string> names;
  for (const Finding* finding : best) names.push_back(finding->contestant);
  const Finding& taken = *recommended(trial);
  const std::string figure =
      fmt::format("{}: {}", title(trial.scenario.judge), value_text(trial, taken));
  const char* why = &taken == best.front() ? "the simplest of them"
                                           : "the simplest that came within a tenth of the best";
  std::string text;
  if (best.size() == 1) {
    text = fmt::format("Take {} ({}).", taken.contestant, figure);
  } else if (is_count(trial.scenario.judge) || taken.at_most) {
    text = fmt::format("As good as each other: {} ({}). Take {}, {}.", fmt::join(names, ", "),
                       figure, taken.contestant, why);
  } else {
    text = fmt::format("Too close to tell here (closer than {}): {} ({}). Take {}, {}.",
                       ratio_text(trial.noise_floor), fmt::join(names, ", "), figure,
                       taken.contestant, why);
  }
  return text + others_text(trial, best);
}

}  // namespace

bool is_best(const Finding& finding) {
  return finding.letters.find('a') != std::string::npos;
}

const Finding* recommended(const Trial& trial) {
  constexpr double near_max = 1.1;
  for (const Finding& finding : trial.findings) {
    if (is_best(finding) && finding.to_best <= near_max) return &finding;
  }
  return nullptr;
}

std::string value_text(const Trial& trial, const Finding& finding) {
  return (finding.at_most ? "at most " : "") + text_of(finding.value, trial.scenario.judge);
}

Trial judge_trial(Scenario scenario, Results results) {
  Trial trial{std::move(scenario), std::move(results), 0, {}, ""};
  for (const Row& row : trial.results.rows) trial.findings.push_back(finding_of(trial, row));
  std::vector<Finding*> findings;
  for (Finding& finding : trial.findings) {
    if (ranked(trial, finding)) findings.push_back(&finding);
  }
  if (is_count(trial.scenario.judge)) {
    rank_counts(trial, findings);
  } else {
    rank_ratios(trial, findings);
  }
  trial.answer = answer_of(trial);
  return trial;
}

}  // namespace weir::lab
