#include "cli/baseline.hpp"

#include <cstdio>
#include <stdexcept>

#include <fmt/format.h>

#include "cli/failure.hpp"
#include "cli/results_file.hpp"
#include "cli/wrap.hpp"
#include "lab/diff.hpp"
#include "lab/trial_diff.hpp"

namespace weir::cli {
namespace {

/// Whether they have anything in common is what diff says; so it is asked with empty results.
template <class Run>
void check_common(const std::string& path, const Run& before, const Run& planned) {
  try {
    lab::diff(before, planned);
  } catch (const std::invalid_argument& error) {
    throw Failure(wrong_usage, fmt::format("{} is no --baseline for this: {}", path, error.what()));
  }
}

template <class Run>
int show(const Run& before, const Run& now, Stdout out) {
  const auto found = lab::diff(before, now);
  std::string text = "\nagainst the baseline\n\n" + lab::table(found);
  for (const std::string& sentence : found.sentences) text += "\n" + wrapped(sentence, "", 0);
  fmt::print(out == Stdout::free ? stdout : stderr, "{}", text);
  return found.count(lab::Change::worse) > 0 ? threshold : done;
}

}  // namespace

lab::Results sweep_baseline(const std::string& path, const lab::CompareOptions& planned) {
  lab::Results before = read_results(path);
  lab::Results empty;
  empty.protocol = planned.protocol;
  for (const lab::Contestant& contestant : planned.contestants) {
    for (const std::size_t connections : planned.connections) {
      lab::Row row;
      row.contestant = contestant.name;
      row.connections = connections;
      empty.rows.push_back(std::move(row));
    }
  }
  check_common(path, before, empty);
  return before;
}

std::vector<lab::Trial> scenarios_baseline(const std::string& path,
                                           const std::vector<PlannedTrial>& planned) {
  std::vector<lab::Trial> before = read_trials(path);
  std::vector<lab::Trial> empty;
  for (const PlannedTrial& each : planned) {
    lab::Trial trial;
    trial.scenario = each.scenario;
    trial.judge = each.scenario.judge;
    for (const std::string& contestant : each.contestants) {
      lab::Finding finding;
      finding.contestant = contestant;
      trial.findings.push_back(std::move(finding));
    }
    empty.push_back(std::move(trial));
  }
  check_common(path, before, empty);
  return before;
}

int hold_against(const lab::Results& before, const lab::Results& now, Stdout out) {
  return show(before, now, out);
}

int hold_against(const std::vector<lab::Trial>& before, const std::vector<lab::Trial>& now,
                 Stdout out) {
  return show(before, now, out);
}

}  // namespace weir::cli
