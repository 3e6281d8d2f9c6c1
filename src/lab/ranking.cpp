#include "lab/ranking.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "lab/blocks.hpp"
#include "lab/format.hpp"
#include "lab/summary.hpp"

namespace weir::lab {
namespace {

/// A server that answers nobody is no invalid run where it is counted who was never served.
bool valid(const Trial& trial, const Cell& cell) {
  if (cell.verdict.limit != Limit::invalid) return true;
  return trial.judge == Criterion::unserved && cell.failure.empty() && cell.unserved.known() &&
         cell.errors.value_or(1) == 0;
}

FigureOf judged(const Trial& trial) {
  return [&trial](const Cell& cell) {
    return valid(trial, cell) ? figure_of(cell, trial.judge) : Figure::missing(cell.verdict.words);
  };
}

std::vector<const Cell*> runs_of(const Trial& trial, const std::string& contestant) {
  return cells_of(trial.results, contestant, trial.scenario.connections);
}

/// How many times worse each run was than the reference's in the same block, as logarithms.
std::vector<double> how_much_worse(const Trial& trial, const std::vector<const Cell*>& cells) {
  std::vector<double> ratios = log_ratios(trial.results, cells, judged(trial));
  if (higher_is_better(trial.judge)) {
    for (double& ratio : ratios) ratio = -ratio;
  }
  return ratios;
}

/// What disturbs a run makes its p99 higher, and never lower.
bool only_disturbed_upwards(Criterion judge) {
  return judge == Criterion::calm_p99;
}

/// The figure over the blocks.
Figure value_of(const Trial& trial, const std::vector<const Cell*>& cells) {
  const auto values = known_values(cells, judged(trial));
  return only_disturbed_upwards(trial.judge) && !values.empty() ? Figure(lower_quartile(values))
                                                                : over_blocks(cells, judged(trial));
}

/// How many times worse than the reference, as a logarithm, by the runs of all blocks; nothing where
/// no block has both.
std::optional<double> estimated(const Trial& trial, const std::string& contestant) {
  const std::vector<const Cell*> cells = runs_of(trial, contestant);
  const std::vector<double> ratios = how_much_worse(trial, cells);
  if (ratios.empty()) return std::nullopt;
  if (!only_disturbed_upwards(trial.judge)) return hodges_lehmann(ratios);
  const Paired both = paired(trial.results, cells, judged(trial));
  return std::log(lower_quartile(both.own) / lower_quartile(both.reference));
}

/// By how much the generator was late where it counts: a hundredth of the requests moves a p99, in the
/// calmer slices if it is late in these, but no median, unless a tenth was late as well.
const Figure& lag_that_counts(const Cell& cell, Criterion judge) {
  const Figure& lag = judge == Criterion::p50        ? cell.send_lag_p90_ns
                      : judge == Criterion::calm_p99 ? cell.send_lag_p99_calm_ns
                                                     : cell.send_lag_p99_ns;
  return lag.known() ? lag : cell.send_lag_p99_ns;
}

/// In most of its runs a good part of the latency is the generator's own lateness.
bool is_late(const Trial& trial, const Row& row) {
  constexpr double good_part = 0.25;
  const Criterion judge = trial.judge;
  const bool latency =
      judge == Criterion::p50 || judge == Criterion::p99 || judge == Criterion::calm_p99;
  if (!latency) return false;
  const std::vector<const Cell*> cells = runs_of(trial, row.contestant);
  const auto late = std::count_if(cells.begin(), cells.end(), [judge](const Cell* cell) {
    const double latency_ns = figure_of(*cell, judge).value_or(0);
    return cell->generator_late &&
           lag_that_counts(*cell, judge).value_or(latency_ns) >= good_part * latency_ns;
  });
  return 2 * static_cast<std::size_t>(late) > cells.size();
}

/// Why its latency is not as asked for; empty: it is.
std::string misses(const Trial& trial, const Row& row, const Goal& goal) {
  const Figure latency = over_blocks(runs_of(trial, row.contestant),
                                     [&goal](const Cell& cell) { return promised(cell, goal); });
  if (keeps(latency, goal)) return "";
  return fmt::format("{} {}, asked for was {}", name(goal.figure), text_of(latency, goal.figure),
                     goal.text);
}

/// That it did less than was asked of it at a given rate; empty: it did all.
std::string falls_behind(const Trial& trial, const Row& row) {
  constexpr double enough = 0.9;
  if (trial.scenario.judge == Criterion::rate || is_count(trial.judge)) return "";
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
  if (unserved > 0 && !is_count(trial.judge)) {
    return fmt::format("{:.0f} of {} clients never served", unserved, row.connections);
  }
  if (const std::string behind = falls_behind(trial, row); !behind.empty()) return behind;
  if (trial.scenario.goal) {
    const std::string missed = misses(trial, row, *trial.scenario.goal);
    if (!missed.empty()) {
      return missed + (row.rate_is_lower_bound ? "; the load generator was the limit" : "");
    }
  }
  return "";
}

/// Why the figure may be better than it looks; empty: it is what it is.
std::string only_a_bound(const Trial& trial, const Row& row) {
  if (trial.judge == Criterion::rate && row.rate_is_lower_bound) {
    return "the load generator was the limit";
  }
  return is_late(trial, row) ? "the load generator was late" : "";
}

Finding finding_of(const Trial& trial, const Row& row) {
  Finding finding;
  finding.contestant = row.contestant;
  const std::vector<const Cell*> cells = runs_of(trial, row.contestant);
  finding.value = finding.low = finding.high = value_of(trial, cells);
  const std::vector<double> values = known_values(cells, judged(trial));
  if (!values.empty()) {
    finding.low = *std::min_element(values.begin(), values.end());
    finding.high = *std::max_element(values.begin(), values.end());
  }
  finding.note = excluded_by(trial, row);
  finding.ranked = finding.value.known() && finding.note.empty();
  if (finding.ranked) finding.note = only_a_bound(trial, row);
  finding.bound = finding.ranked && !finding.note.empty();
  if (finding.note.empty() && !finding.value.known()) finding.note = finding.value.reason();
  const double counted = finding.value.value_or(0);
  if (finding.note.empty() && is_count(trial.judge) && counted > 0) {
    finding.note = fmt::format("{:.0f} of {}", counted, row.connections);
  }
  if (finding.note.empty() && row.verdict.noisy) finding.note = "noisy";
  return finding;
}

/// Counts are what they are: who has the same is as good.
void rank_counts(std::vector<Finding*> findings) {
  std::stable_sort(findings.begin(), findings.end(), [](const Finding* left, const Finding* right) {
    return left->value.value_or(0) < right->value.value_or(0);
  });
  char letter = 'a';
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const bool more = i > 0 && findings[i]->value.value_or(0) > findings[i - 1]->value.value_or(0);
    if (more && letter < 'z') ++letter;
    findings[i]->letters = letter;
  }
}

/// A contestant, and how many times worse than the reference it was, as a logarithm.
struct Estimated {
  Finding* finding;
  double worse;
};

double best_of(const std::vector<Estimated>& all) {
  double best = INFINITY;
  for (const Estimated& each : all) best = std::min(best, each.worse);
  return best;
}

void give_letters(const std::vector<Estimated>& known, double floor) {
  std::vector<double> estimates;
  for (const Estimated& each : known) estimates.push_back(each.worse);
  const auto letters = letter_groups(estimates, floor);
  for (std::size_t i = 0; i < known.size(); ++i) known[i].finding->letters = letters[i];
}

/// Of a figure that is only a bound nobody can say that it is worse than another one's, unless it would
/// be even so; but it is better than those that are known to be worse.
void give_letters_to_bounds(const std::vector<Estimated>& bounds,
                            const std::vector<Estimated>& known, double floor) {
  const double reach = best_of(known) + std::log(floor);
  for (const Estimated& each : bounds) {
    if (each.worse <= reach) each.finding->letters = "a";
  }
  if (best_of(bounds) >= best_of(known) - std::log(floor)) return;
  for (const Estimated& each : known) {
    for (char& letter : each.finding->letters) ++letter;
  }
}

void rank_ratios(Trial& trial, const std::vector<Finding*>& findings) {
  const auto twins = how_much_worse(trial, twins_of(trial.results));
  if (twins.empty()) return;
  trial.noise_floor = noise_floor(twins);
  std::vector<Estimated> known;
  std::vector<Estimated> bounds;
  for (Finding* finding : findings) {
    const auto worse = estimated(trial, finding->contestant);
    if (worse) (finding->bound ? bounds : known).push_back({finding, *worse});
  }
  give_letters(known, trial.noise_floor);
  give_letters_to_bounds(bounds, known, trial.noise_floor);
  const double best = std::min(best_of(known), best_of(bounds));
  for (const auto* all : {&known, &bounds}) {
    for (const Estimated& each : *all) {
      if (!each.finding->letters.empty()) each.finding->to_best = std::exp(each.worse - best);
    }
  }
}

void rank_by_figure(Trial& trial, const std::map<std::string, std::string>& slower) {
  trial.findings.clear();
  trial.noise_floor = 0;
  for (const Row& row : trial.results.rows) {
    Finding finding = finding_of(trial, row);
    if (const auto why = slower.find(row.contestant); why != slower.end() && finding.ranked) {
      finding.ranked = false;
      finding.note = why->second;
    }
    trial.findings.push_back(std::move(finding));
  }
  std::vector<Finding*> findings;
  for (Finding& finding : trial.findings) {
    if (finding.ranked) findings.push_back(&finding);
  }
  if (is_count(trial.judge)) {
    rank_counts(findings);
  } else {
    rank_ratios(trial, findings);
  }
}

/// Costs say who would answer most only where all are asked for as much as they can.
bool at_full_load(const Trial& trial) {
  const auto& cells = trial.results.cells;
  return trial.scenario.percents.empty() &&
         std::none_of(cells.begin(), cells.end(),
                      [](const Cell& cell) { return cell.loop == Loop::open; });
}

/// Ranks them by what a request costs, but for those that are known to be `slower`; back to the rates
/// where no costs are known.
void rank_by_cost(Trial& trial, const std::map<std::string, std::string>& slower) {
  const auto by_rate = trial.findings;
  const double floor = trial.noise_floor;
  trial.judge = Criterion::cpu;
  rank_by_figure(trial, slower);
  if (std::any_of(trial.findings.begin(), trial.findings.end(), is_best)) return;
  trial.judge = Criterion::rate;
  trial.findings = by_rate;
  trial.noise_floor = floor;
}

}  // namespace

void rank(Trial& trial) {
  rank_by_figure(trial, {});
  if (trial.judge != Criterion::rate || !at_full_load(trial)) return;
  std::map<std::string, std::string> slower;
  bool generator_ends_it = false;
  for (const Finding& finding : trial.findings) {
    if (finding.letters.empty()) continue;
    if (finding.bound && is_best(finding)) generator_ends_it = true;
    if (!finding.bound && !is_best(finding)) {
      slower[finding.contestant] = fmt::format("answers fewer: {}", rate_text(finding.value));
    }
  }
  if (generator_ends_it) rank_by_cost(trial, slower);
}

}  // namespace weir::lab
