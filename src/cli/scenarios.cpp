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
#include "cli/load.hpp"
#include "cli/model_table.hpp"
#include "cli/output.hpp"
#include "cli/target.hpp"
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

/// The contestants of the scenario, as far as their models were asked for.
std::vector<std::string> asked_for(const lab::Scenario& scenario,
                                   const std::vector<std::string>& models) {
  std::vector<std::string> names = scenario.contestants;
  if (names.empty()) names = models.empty() ? model_names() : models;
  std::erase_if(names, [&](const std::string& contestant) {
    return !models.empty() && std::find(models.begin(), models.end(),
                                        lab::words_of(contestant).front()) == models.end();
  });
  return names;
}

/// And as far as their models can run here.
std::vector<std::string> contestants_of(const lab::Scenario& scenario, const Service& service,
                                        const CompareOptions& options) {
  const std::vector<std::string>& models = options.models;
  for (const std::string& model : models) check_model(service, model);  // what can't be is told now
  std::vector<std::string> names = asked_for(scenario, models);
  if (names.empty()) {
    throw Failure(wrong_usage, fmt::format("none of {} takes part in the scenario {} (only {})",
                                           fmt::join(models, ", "), scenario.name,
                                           fmt::join(scenario.contestants, ", ")));
  }
  names = that_can_run(service, std::move(names));
  if (names.empty()) {
    throw Failure(failed, fmt::format("nobody is left to run the scenario {}", scenario.name));
  }
  return names;
}

/// The last epoll that is listed, or the last of all, which is least likely to starve anybody.
std::string reference_of(const std::vector<std::string>& names) {
  const auto last = std::find_if(names.rbegin(), names.rend(), [](const std::string& name) {
    return lab::words_of(name).front() == "epoll";
  });
  return last != names.rend() ? *last : names.back();
}

lab::CompareOptions to_lab(const lab::Scenario& scenario, const Service& service,
                           const CompareOptions& options) {
  lab::CompareOptions lab = common_options(service, options);
  const std::vector<std::string> names = contestants_of(scenario, service, options);
  lab.serve_words = scenario.serve;
  lab.contestants = lab::models(lab, names);
  lab.reference = reference_of(names);
  lab.connections = {scenario.connections};
  lab.clients = lab::clients_of(scenario);
  if (!options.window) lab.window = scenario.window;
  lab.lanes = false;
  if (!options.effort.thorough) lab.repeats_share = 0.1;  // what is asked is an answer soon
  lab.load_words = scenario.load;
  lab.beside = scenario.beside;
  lab.unpinned = scenario.unpinned;
  lab.losses = scenario.losses;
  return lab;
}

struct Experiment {
  lab::Scenario scenario;
  lab::CompareOptions options;
  lab::Plan plan;
};

/// Each as often as the effort says, all of them together.
void plan_blocks(std::vector<Experiment>& experiments, const Effort& effort) {
  Duration once{0};
  Duration block{0};
  for (Experiment& each : experiments) {
    each.options.blocks = 1;
    const Duration takes = duration_of(lab::plan(each.options).estimate_s);
    (lab::is_count(each.scenario.judge) ? once : block) += takes;
  }
  const std::size_t blocks = blocks_for(effort, once, block);
  for (Experiment& each : experiments) {
    const bool counts = lab::is_count(each.scenario.judge);
    each.options.blocks = counts ? blocks_for_counts(effort) : blocks;
    each.plan = lab::plan(each.options);
  }
}

std::vector<Experiment> plan_all(std::vector<lab::Scenario> scenarios,
                                 const std::vector<Service>& services,
                                 const CompareOptions& options) {
  std::vector<Experiment> experiments;
  for (lab::Scenario& scenario : scenarios) {
    const Service& service = find_service(scenario.service, services);
    need_exchanges(service);
    Experiment experiment{std::move(scenario), {}, {}};
    experiment.options = to_lab(experiment.scenario, service, options);
    experiments.push_back(std::move(experiment));
  }
  plan_blocks(experiments, options.effort);
  return experiments;
}

void print_plan(const std::vector<Experiment>& experiments, std::FILE* to) {
  double all_s = 0;
  for (const Experiment& each : experiments) {
    all_s += each.plan.estimate_s;
    std::vector<std::string> names;
    for (const lab::Contestant& one : each.options.contestants) names.push_back(one.name);
    fmt::print(to, "weir: {} ({}): {} runs, about {:.0f} s: {}\n", each.scenario.name,
               each.scenario.question, each.plan.cells.size(), each.plan.estimate_s,
               fmt::join(names, ", "));
  }
  fmt::print(to, "weir: {} scenario{}, about {:.0f} s; Ctrl-C reports what there is\n",
             experiments.size(), experiments.size() == 1 ? "" : "s", all_s);
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
