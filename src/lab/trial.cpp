#include "lab/trial.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

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

std::vector<double> values_of(const Trial& trial, const std::string& contestant) {
  std::vector<double> values;
  for (const Cell& cell : trial.results.cells) {
    if (cell.twin || cell.contestant != contestant || !valid(trial, cell)) continue;
    const Figure figure = figure_of(cell, trial.scenario.judge);
    if (figure.known()) values.push_back(figure.value_or(0));
  }
  return values;
}

/// Why none of its runs has the figure.
Figure missing_of(const Trial& trial, const std::string& contestant) {
  Figure reason = Figure::missing("not measured");
  for (const Cell& cell : trial.results.cells) {
    if (cell.twin || cell.contestant != contestant) continue;
    reason = valid(trial, cell) ? figure_of(cell, trial.scenario.judge)
                                : Figure::missing(cell.verdict.words);
  }
  return reason;
}

/// How many times worse each run was than the reference's in the same block, as logarithms.
std::vector<double> log_ratios(const Trial& trial, const std::string& contestant, bool twin) {
  const double sign = higher_is_better(trial.scenario.judge) ? -1 : 1;
  std::vector<double> ratios;
  for (const Cell& own : trial.results.cells) {
    if (own.twin != twin || own.contestant != contestant || !valid(trial, own)) continue;
    for (const Cell& other : trial.results.cells) {
      const bool neighbour = !other.twin && other.contestant == trial.results.reference &&
                             other.block == own.block && valid(trial, other);
      const double ours = figure_of(own, trial.scenario.judge).value_or(0);
      const double theirs = figure_of(other, trial.scenario.judge).value_or(0);
      if (neighbour && ours > 0 && theirs > 0) ratios.push_back(sign * std::log(ours / theirs));
    }
  }
  return ratios;
}

/// Why it isn't ranked: it did another, easier job. Empty: it is.
std::string excluded_by(const Trial& trial, const Row& row) {
  const bool counted = !values_of(trial, row.contestant).empty();
  if (row.verdict.limit == Limit::invalid && !counted) return row.verdict.words;
  const double unserved = row.unserved.value_or(0);
  if (unserved > 0 && !is_count(trial.scenario.judge)) {
    return fmt::format("{:.0f} of {} clients never served", unserved, row.connections);
  }
  if (row.rate_is_lower_bound && trial.scenario.judge == Criterion::rate) {
    return "at least: the load generator was the limit";
  }
  return "";
}

Finding finding_of(const Trial& trial, const Row& row) {
  Finding finding;
  finding.contestant = row.contestant;
  const std::vector<double> values = values_of(trial, row.contestant);
  if (values.empty()) {
    finding.value = finding.low = finding.high = missing_of(trial, row.contestant);
  } else {
    finding.value = median(values);
    finding.low = *std::min_element(values.begin(), values.end());
    finding.high = *std::max_element(values.begin(), values.end());
  }
  finding.note = excluded_by(trial, row);
  if (finding.note.empty() && !finding.value.known()) finding.note = finding.value.reason();
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

void rank_ratios(Trial& trial, std::vector<Finding*>& findings) {
  const auto twins = log_ratios(trial, trial.results.reference, true);
  if (twins.empty()) return;
  trial.noise_floor = noise_floor(twins);
  std::vector<double> estimates;
  std::vector<Finding*> estimated;
  for (Finding* finding : findings) {
    const auto ratios = log_ratios(trial, finding->contestant, false);
    if (ratios.empty()) continue;
    estimates.push_back(hodges_lehmann(ratios));
    estimated.push_back(finding);
  }
  if (estimates.empty()) return;
  const auto letters = letter_groups(estimates, trial.noise_floor);
  const double best = *std::min_element(estimates.begin(), estimates.end());
  for (std::size_t i = 0; i < estimated.size(); ++i) {
    estimated[i]->letters = letters[i];
    estimated[i]->to_best = std::exp(estimates[i] - best);
  }
}

std::string value_text(const Trial& trial, const Finding& finding) {
  return text_of(finding.value, trial.scenario.judge);
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
    if (finding.letters.find('a') != std::string::npos) best.push_back(&finding);
  }
  if (best.empty()) return "Nobody can be recommended: no run gave figures to compare.";
  std::vector<std::string> names;
  for (const Finding* finding : best) names.push_back(finding->contestant);
  const std::string figure =
      fmt::format("{}: {}", title(trial.scenario.judge), value_text(trial, *best.front()));
  std::string text;
  if (best.size() == 1) {
    text = fmt::format("Take {} ({}).", names.front(), figure);
  } else if (is_count(trial.scenario.judge)) {
    text = fmt::format("As good as each other: {} ({}). Take {}, the simplest of them.",
                       fmt::join(names, ", "), figure, names.front());
  } else {
    text = fmt::format(
        "Too close to tell here (closer than {}): {} ({}). Take {}, the simplest of them.",
        ratio_text(trial.noise_floor), fmt::join(names, ", "), figure, names.front());
  }
  return text + others_text(trial, best);
}

}  // namespace

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
