#include "cli/scenarios.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/ask.hpp"
#include "cli/baseline.hpp"
#include "cli/experiments.hpp"
#include "cli/failure.hpp"
#include "cli/output.hpp"
#include "cli/scenario_plan.hpp"
#include "lab/trial.hpp"

namespace weir::cli {
namespace {

/// What answers most questions in about two minutes.
constexpr std::array default_set{"cost", "block", "mixed", "idle", "slow", "crash"};

lab::Scenario find(const std::string& name) {
  try {
    return lab::find_scenario(name);
  } catch (const std::runtime_error& error) {
    throw Failure(wrong_usage, error.what());
  }
}

std::vector<lab::Scenario> chosen(const std::vector<std::string>& names) {
  std::vector<lab::Scenario> scenarios;
  for (const std::string& name : names) {
    if (name == "all") {
      const auto& all = lab::shipped_scenarios();
      scenarios.insert(scenarios.end(), all.begin(), all.end());
    } else if (name == "default") {
      for (const char* each : default_set) scenarios.push_back(find(each));
    } else {
      scenarios.push_back(find(name));
    }
  }
  return scenarios;
}

}  // namespace

std::vector<std::string> scenario_names() {
  return lab::shipped_names();  // every command line's help names them, so that none is read
}

int show_scenario(const std::string& name) {
  fmt::print("{}", find(name).text);
  return done;
}

int show_asked(const std::string& ask) {
  fmt::print("{}", scenario_text(parse_ask(ask)));
  return done;
}

namespace {

/// The set that runs when nothing is said, without those that none of `models` takes part in.
std::vector<lab::Scenario> default_scenarios(const std::vector<std::string>& models) {
  std::vector<lab::Scenario> scenarios;
  for (const char* name : default_set) {
    lab::Scenario scenario = find(name);
    if (asked_for(scenario, models).empty()) {
      fmt::print(stderr, "weir: {} is left out: none of {} takes part in it\n", name,
                 fmt::join(models, ", "));
      continue;
    }
    scenarios.push_back(std::move(scenario));
  }
  return scenarios;
}

/// The command line to run, and why.
std::string answer_to(const Ask& ask, const lab::Trial& trial) {
  const lab::Finding* best = lab::recommended(trial);
  if (best == nullptr) return "None of these can be recommended for that load here.\n";
  std::string text = fmt::format("Run: weir serve SERVICE --model {}\n", best->contestant);
  const std::string size = size_reason(ask, best->contestant);
  if (!size.empty()) text += lab::wrapped(size);
  return text;
}

void write_trials(const std::vector<lab::Trial>& trials, const std::optional<Ask>& ask,
                  const CompareOptions& options) {
  if (!options.json.empty()) write_output(options.json, lab::to_json(trials));
  if (!options.report.empty()) write_output(options.report, lab::html(trials));
  if (!options.tables.path.empty()) {
    write_output(options.tables.path, lab::tables(trials, options.tables.format));
  }
  if (stdout_of(options) == Stdout::taken) return;
  fmt::print("{}",
             lab::trials_table(trials, colour_wanted() ? lab::Colour::ansi : lab::Colour::none));
  if (ask && !trials.empty()) fmt::print("{}\n", answer_to(*ask, trials.front()));
  if (!options.report.empty()) {
    fmt::print("report: {}\n", std::filesystem::absolute(options.report).string());
  }
}

std::vector<lab::Trial> run_all(std::vector<Experiment>& experiments, const CompareOptions& options,
                                const std::atomic<bool>& stop) {
  std::vector<lab::Trial> trials;
  for (Experiment& each : experiments) {
    if (stop) break;
    each.options.stop = &stop;
    try {
      lab::Results results = lab::run(each.options, progress(options.quiet));
      trials.push_back(lab::judge_trial(each.scenario, std::move(results)));
    } catch (const std::system_error& error) {
      throw Failure(failed, error.what());
    }
  }
  return trials;
}

std::vector<lab::Trial> baseline_of(const std::vector<Experiment>& experiments,
                                    const std::string& path) {
  std::vector<PlannedTrial> planned;
  for (const Experiment& each : experiments) {
    planned.push_back({each.scenario, {}});
    for (const lab::Contestant& contestant : each.options.contestants) {
      planned.back().contestants.push_back(contestant.name);
    }
  }
  return scenarios_baseline(path, planned);
}

}  // namespace

int compare_scenarios(const std::vector<Service>& services, const CompareOptions& options) {
  stdout_of(options);
  std::optional<Ask> ask;
  std::vector<lab::Scenario> scenarios;
  if (!options.ask.empty()) {
    ask = parse_ask(options.ask);
    scenarios.push_back(lab::parse_scenario(scenario_text(*ask), "ask.toml"));
  } else {
    scenarios =
        options.scenarios.empty() ? default_scenarios(options.models) : chosen(options.scenarios);
  }
  std::vector<Experiment> experiments = plan_all(std::move(scenarios), services, options);
  print_plan(experiments, options.plan_only ? stdout : stderr);
  if (options.plan_only) return done;
  std::vector<lab::Trial> before;
  if (!options.baseline.empty()) before = baseline_of(experiments, options.baseline);
  const std::atomic<bool>& stop = stop_on_signals();
  const std::vector<lab::Trial> trials = run_all(experiments, options, stop);
  write_trials(trials, ask, options);
  if (stop) return interrupted;
  return before.empty() ? done : hold_against(before, trials, stdout_of(options));
}

}  // namespace weir::cli
