// What follows from trials: for which load what, in a line each.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "lab/format.hpp"
#include "lab/trial.hpp"

namespace weir::lab {
namespace {

/// "54.6 us of server CPU per request; fork takes 3.10x", "never served: 0; iterative 16".
std::string reason_of(const Trial& trial, const Finding& best) {
  const auto ties = std::count_if(trial.findings.begin(), trial.findings.end(), is_best) - 1;
  std::string reason = fmt::format("{} {}", title(trial.judge), value_text(trial, best));
  if (ties > 0) {
    const bool simplest =
        &*std::find_if(trial.findings.begin(), trial.findings.end(), is_best) == &best;
    reason += simplest ? fmt::format("; it is the simplest of {} that are as good here", ties + 1)
                       : fmt::format(
                             "; of {} that can't be told apart here it is the simplest that "
                             "came within a twentieth of the best",
                             ties + 1);
  }
  const Finding* worst = nullptr;
  std::vector<std::string> out;
  for (const Finding& finding : trial.findings) {
    if (finding.letters.empty()) out.push_back(finding.contestant);
    if (finding.letters.empty() || is_best(finding)) continue;
    const bool worse = worst == nullptr || finding.to_best > worst->to_best ||
                       (is_count(trial.judge) && finding.letters > worst->letters);
    if (worse) worst = &finding;
  }
  if (worst != nullptr) {
    reason += fmt::format("; {} {}", worst->contestant, value_text(trial, *worst));
    if (worst->to_best > 0) reason += fmt::format(", {} as bad", ratio_text(worst->to_best));
  }
  if (judged_by_cost_instead(trial)) reason += "; of the rates the load generator was the limit";
  if (!out.empty()) reason += fmt::format("; not ranked: {}", fmt::join(out, ", "));
  return reason;
}

}  // namespace

std::string recommendation(const std::vector<Trial>& trials, Colour colour) {
  std::string text = toned("For which load, what, on this machine", Tone::strong, colour) + "\n";
  for (const Trial& trial : trials) {
    const Finding* best = recommended(trial);
    if (best == nullptr) {
      text += wrapped(fmt::format("- {} Nobody can be recommended: no run gave figures to compare.",
                                  trial.scenario.question));
      continue;
    }
    const std::string take = fmt::format("take {}", best->contestant);
    text += fmt::format("- {} ({}): {}\n", trial.scenario.question, trial.scenario.name,
                        toned(take, Tone::strong, colour));
    text += wrapped(fmt::format("{}.", reason_of(trial, *best)));
  }
  return text;
}

}  // namespace weir::lab
