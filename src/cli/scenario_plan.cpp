#include "cli/scenario_plan.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/experiments.hpp"
#include "cli/failure.hpp"
#include "cli/load.hpp"
#include "cli/model_table.hpp"
#include "cli/target.hpp"
#include "core/limits.hpp"
#include "lab/trial.hpp"

namespace weir::cli {
namespace {

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
  lab.percents = scenario.percents;
  lab.goal = scenario.goal;
  lab.beside = scenario.beside;
  lab.unpinned = scenario.unpinned;
  lab.losses = scenario.losses;
  return lab;
}

/// Why a server would not take all of its clients here; empty: it would.
std::string lack_of_descriptors(const lab::Scenario& scenario) {
  const std::size_t clients = lab::clients_of(scenario);
  const std::size_t most = Limits::default_connections_max();
  if (clients <= most) return "";
  return fmt::format(
      "{} has {} connections, and the limit of open files leaves room for {}; raise it "
      "with ulimit -n {}",
      scenario.name, clients, most, (clients + 3) / 4 * 5);
}

/// Servers that aren't weir's, as far as they answer as the scenario's service does.
void add_those_that_answer(Experiment& experiment, const CompareOptions& options) {
  std::vector<Against> answering;
  for (const Against& each : options.against) {
    const std::string fault = options.plan_only ? "" : fault_of(each, experiment.options);
    if (fault.empty()) {
      answering.push_back(each);
    } else {
      fmt::print(stderr, "weir: {} is left out of {}: {}\n", each.name, experiment.scenario.name,
                 fault);
    }
  }
  add_against(experiment.options, answering);
}

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

bool takes_part(const std::vector<Experiment>& experiments, const std::string& name) {
  return std::any_of(experiments.begin(), experiments.end(), [&name](const Experiment& each) {
    const auto& all = each.options.contestants;
    return std::any_of(all.begin(), all.end(),
                       [&name](const lab::Contestant& one) { return one.name == name; });
  });
}

}  // namespace

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

std::vector<Experiment> plan_all(std::vector<lab::Scenario> scenarios,
                                 const std::vector<Service>& services,
                                 const CompareOptions& options) {
  std::vector<Experiment> experiments;
  for (lab::Scenario& scenario : scenarios) {
    const std::string lack = lack_of_descriptors(scenario);
    if (!lack.empty()) {
      if (&scenario == &scenarios.back() && experiments.empty()) throw Failure(failed, lack);
      fmt::print(stderr, "weir: left out: {}\n", lack);
      continue;
    }
    const Service& service = find_service(scenario.service, services);
    need_exchanges(service);
    for (const lab::BesideLoad& load : scenario.beside) {
      if (!load.through.empty()) find_service("relay", services);
    }
    Experiment experiment{std::move(scenario), {}, {}};
    experiment.options = to_lab(experiment.scenario, service, options);
    add_those_that_answer(experiment, options);
    experiments.push_back(std::move(experiment));
  }
  for (const Against& each : options.against) {
    if (!takes_part(experiments, each.name)) {
      throw Failure(failed, fmt::format("--against {}: it takes part in none of the scenarios; see "
                                        "above",
                                        each.name));
    }
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

}  // namespace weir::cli
