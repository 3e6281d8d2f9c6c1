#include "lab/trial_diff.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "lab/blocks.hpp"
#include "lab/format.hpp"

namespace weir::lab {
namespace {

template <class Each, class Name>
const Each* find_named(const std::vector<Each>& all, const std::string& name, Name name_of) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Each& each) { return name_of(each) == name; });
  return found == all.end() ? nullptr : &*found;
}

const Trial* find_trial(const std::vector<Trial>& trials, const std::string& name) {
  return find_named(trials, name, [](const Trial& each) { return each.scenario.name; });
}

const Finding* find_finding(const Trial& trial, const std::string& contestant) {
  return find_named(trial.findings, contestant,
                    [](const Finding& each) { return each.contestant; });
}

/// What can be compared: the figure of one that did the whole job.
Figure figure_of(const Trial& trial, const Finding& finding) {
  if (finding.letters.empty() && !is_count(trial.judge)) {
    return Figure::missing(finding.note.empty() ? "not ranked" : finding.note);
  }
  if (finding.bound) return Figure::missing("known only as a bound");
  return finding.value;
}

bool overlap(const Finding& before, const Finding& after) {
  return before.low.value_or(0) <= after.high.value_or(0) &&
         after.low.value_or(0) <= before.high.value_or(0);
}

Figure how_much_worse(Criterion judge, const Figure& before, const Figure& after) {
  if (is_count(judge)) return after - before;
  return higher_is_better(judge) ? before / after : after / before;
}

/// Why figures of these runs can't be held against each other; empty: they can.
std::string judged_apart(const Trial& before, const Trial& after) {
  if (before.judge == after.judge) return "";
  return fmt::format("judged by {}, then by {}", title(before.judge), title(after.judge));
}

Figure floor_of(const Trial& before, const Trial& after) {
  if (const std::string why = judged_apart(before, after); !why.empty()) {
    return Figure::missing(why);
  }
  if (is_count(before.judge)) return Figure::missing("it is a count");
  if (before.noise_floor <= 0 || after.noise_floor <= 0) {
    return Figure::missing("the reference and its twin were not both measured in both runs");
  }
  return before.noise_floor * after.noise_floor;
}

/// Of the contestant against the reference, both of one run.
Figure to_reference(const Trial& trial, const Finding& finding) {
  const Finding* reference = find_finding(trial, trial.results.reference);
  if (reference == nullptr) return Figure::missing("no reference beside it");
  return figure_of(trial, finding) / figure_of(trial, *reference);
}

Change judged(const TrialDifference& found, const Finding& before, const Finding& after) {
  if (!found.worse.known()) return Change::unknown;
  const bool counts = is_count(found.judge);
  if (overlap(before, after) || (!counts && !found.noise_floor.known())) return Change::cannot_tell;
  const double by = counts ? found.worse.value_or(0) : std::log(found.worse.value_or(1));
  const double enough = counts ? 0 : std::log(found.noise_floor.value_or(1));
  if (std::abs(by) <= enough) return Change::cannot_tell;
  return by > 0 ? Change::worse : Change::better;
}

TrialDifference difference_of(const Trial& before, const Finding& old, const Trial& after,
                              const Finding& now) {
  TrialDifference found;
  found.scenario = before.scenario.name;
  found.contestant = old.contestant;
  found.judge = before.judge;
  found.before = figure_of(before, old);
  const std::string apart = judged_apart(before, after);
  found.after = apart.empty() ? figure_of(after, now) : Figure::missing(apart);
  found.worse = how_much_worse(found.judge, found.before, found.after);
  if (!apart.empty()) {
    found.reference_worse = Figure::missing(apart);
  } else if (is_count(found.judge)) {
    found.reference_worse = Figure::missing("it is a count");
  } else if (before.results.reference != after.results.reference) {
    found.reference_worse = Figure::missing("the references differ");
  } else {
    found.reference_worse =
        how_much_worse(found.judge, to_reference(before, old), to_reference(after, now));
  }
  found.noise_floor = floor_of(before, after);
  found.change = judged(found, old, now);
  return found;
}

void compare_contestants(TrialDiff& diff, const Trial& before, const Trial& after) {
  const std::string& scenario = before.scenario.name;
  for (const Finding& old : before.findings) {
    const Finding* now = find_finding(after, old.contestant);
    if (now != nullptr) {
      diff.rows.push_back(difference_of(before, old, after, *now));
    } else {
      diff.only_before.push_back(fmt::format("{}, {}", scenario, old.contestant));
    }
  }
  for (const Finding& now : after.findings) {
    if (find_finding(before, now.contestant) == nullptr) {
      diff.only_after.push_back(fmt::format("{}, {}", scenario, now.contestant));
    }
  }
}

std::string changed_text(const TrialDiff& diff, Change change) {
  std::vector<std::string> parts;
  for (const TrialDifference& row : diff.rows) {
    if (row.change != change) continue;
    const double by = row.worse.value_or(0);
    parts.push_back(fmt::format("{} in {} ({})", row.contestant, row.scenario,
                                is_count(row.judge)
                                    ? fmt::format("{} instead of {}", text_of(row.after, row.judge),
                                                  text_of(row.before, row.judge))
                                    : ratio_text(by < 1 ? 1 / by : by)));
  }
  if (parts.empty()) return "";
  return fmt::format("{}: {}.", change == Change::worse ? "Worse, beyond the noise" : "Better",
                     fmt::join(parts, ", "));
}

std::string verdict_text(const TrialDiff& diff) {
  const std::string worse = changed_text(diff, Change::worse);
  const std::string better = changed_text(diff, Change::better);
  std::string text = worse.empty() ? "Nothing has become worse beyond the noise." : worse;
  if (!better.empty()) text += " " + better;
  const std::size_t rest = diff.count(Change::cannot_tell);
  if (rest > 0) {
    text += fmt::format(
        " Of {} row{} no change can be told: closer than the noise floors of both runs together, "
        "or "
        "some blocks were as good as before.",
        rest, rest == 1 ? "" : "s");
  }
  return text;
}

/// The scenarios of which nothing can be said, since the load generator was the limit in one run.
std::string apart_text(const std::vector<Trial>& before, const std::vector<Trial>& after) {
  std::string text;
  for (const Trial& old : before) {
    const Trial* now = find_trial(after, old.scenario.name);
    const std::string apart = now == nullptr ? "" : judged_apart(old, *now);
    if (apart.empty()) continue;
    text += fmt::format("{}{} was {}, so nothing is said of it.", text.empty() ? "" : " ",
                        old.scenario.name, apart);
  }
  return text;
}

std::string drift_of(const TrialDiff& diff) {
  std::vector<double> moves;
  double floor = 1;
  for (const TrialDifference& row : diff.rows) {
    if (is_count(row.judge) || !row.worse.known()) continue;
    moves.push_back(std::log(row.worse.value_or(1)));
    floor = std::max(floor, row.noise_floor.value_or(1));
  }
  return drift_text(moves, floor);
}

}  // namespace

std::size_t TrialDiff::count(Change change) const {
  return static_cast<std::size_t>(
      std::count_if(rows.begin(), rows.end(),
                    [change](const TrialDifference& row) { return row.change == change; }));
}

TrialDiff diff(const std::vector<Trial>& before, const std::vector<Trial>& after) {
  TrialDiff result;
  for (const Trial& old : before) {
    const Trial* now = find_trial(after, old.scenario.name);
    if (now == nullptr) {
      result.only_before.push_back(old.scenario.name);
    } else if (now->scenario.text != old.scenario.text) {
      throw std::invalid_argument(
          fmt::format("the scenario {} is not the same in both", old.scenario.name));
    } else {
      compare_contestants(result, old, *now);
    }
  }
  for (const Trial& now : after) {
    if (find_trial(before, now.scenario.name) == nullptr) {
      result.only_after.push_back(now.scenario.name);
    }
  }
  if (result.rows.empty()) throw std::invalid_argument("no contestant of a scenario is in both");
  for (std::string sentence :
       {verdict_text(result), apart_text(before, after), drift_of(result),
        machines_text(before.front().results.machine, after.front().results.machine),
        one_sided_text(result.only_before, "in the first"),
        one_sided_text(result.only_after, "in the second")}) {
    if (!sentence.empty()) result.sentences.push_back(std::move(sentence));
  }
  return result;
}

}  // namespace weir::lab
