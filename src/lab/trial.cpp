#include "lab/trial.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "lab/format.hpp"
#include "lab/ranking.hpp"

namespace weir::lab {
namespace {

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

/// What is said before a figure that is only a bound.
const char* bound_words(const Trial& trial) {
  return higher_is_better(trial.judge) ? "at least " : "at most ";
}

/// That it is judged by another figure than the scenario's; empty: it isn't.
std::string instead_text(const Trial& trial) {
  if (!judged_by_cost_instead(trial)) return "";
  return "The load generator was the limit for those that answered most, so they are ranked by "
         "what a request costs the server. ";
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
  const std::string figure = fmt::format("{}: {}", title(trial.judge), value_text(trial, taken));
  const char* why = &taken == best.front()
                        ? "the simplest of them"
                        : "the simplest that came within a twentieth of the best";
  std::string text;
  if (best.size() == 1) {
    text = fmt::format("Take {} ({}).", taken.contestant, figure);
  } else if (is_count(trial.judge)) {
    text = fmt::format("As good as each other: {} ({}). Take {}, {}.", fmt::join(names, ", "),
                       figure, taken.contestant, why);
  } else {
    const bool bounds =
        std::any_of(best.begin(), best.end(), [](const Finding* each) { return each->bound; });
    const std::string or_bounds =
        bounds ? fmt::format(", or known only to be {}so much", bound_words(trial)) : "";
    text = fmt::format("Too close to tell here (closer than {}{}): {} ({}). Take {}, {}.",
                       ratio_text(trial.noise_floor), or_bounds, fmt::join(names, ", "), figure,
                       taken.contestant, why);
  }
  return instead_text(trial) + text + others_text(trial, best);
}

/// Runs too short for slices, and those that were written down before there were any, have a p99 of all
/// requests only.
Criterion judge_of(const Scenario& scenario, const Results& results) {
  const bool calm = std::any_of(results.cells.begin(), results.cells.end(),
                                [](const Cell& cell) { return cell.p99_calm_ns.known(); });
  return scenario.judge == Criterion::p99 && calm ? Criterion::calm_p99 : scenario.judge;
}

}  // namespace

bool judged_by_cost_instead(const Trial& trial) {
  return trial.judge == Criterion::cpu && trial.scenario.judge != Criterion::cpu;
}

bool is_best(const Finding& finding) {
  return finding.letters.find('a') != std::string::npos;
}

const Finding* recommended(const Trial& trial) {
  constexpr double near_max = 1.05;
  for (const Finding& finding : trial.findings) {
    if (is_best(finding) && finding.to_best <= near_max) return &finding;
  }
  return nullptr;
}

std::string value_text(const Trial& trial, const Finding& finding) {
  return (finding.bound ? bound_words(trial) : "") + text_of(finding.value, trial.judge);
}

Trial judge_trial(Scenario scenario, Results results) {
  const Criterion judge = judge_of(scenario, results);
  Trial trial{std::move(scenario), std::move(results), judge, 0, {}, ""};
  rank(trial);
  trial.answer = answer_of(trial);
  return trial;
}

}  // namespace weir::lab
