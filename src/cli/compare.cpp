#include "cli/compare.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "cli/baseline.hpp"
#include "cli/described.hpp"
#include "cli/experiments.hpp"
#include "cli/failure.hpp"
#include "cli/load.hpp"
#include "cli/model_table.hpp"
#include "cli/output.hpp"

namespace weir::cli {
namespace {

/// Puts each model's twin behind it, where the tree has one. They lie beside this command.
void add_twins(lab::CompareOptions& lab) {
  if (lab.protocol != "framed") {
    throw Failure(wrong_usage, fmt::format("the servers by hand serve framed, not '{}'; leave "
                                           "--by-hand out",
                                           lab.protocol));
  }
  const std::filesystem::path place = std::filesystem::path(lab.weir).parent_path() / "by_hand";
  std::vector<lab::Contestant> all;
  for (const lab::Contestant& model : lab.contestants) {
    all.push_back(model);
    if (facts_of_twin(model.name) == nullptr) continue;
    const std::string twin = place / model.name;
    if (!std::filesystem::exists(twin)) {
      throw Failure(wrong_usage,
                    fmt::format("there is no {}; ./run compare --by-hand builds it", twin));
    }
    all.push_back({lab::by_hand_name(model.name), {twin, "127.0.0.1:0"}, ""});
  }
  lab.contestants = std::move(all);
}

lab::CompareOptions to_lab(const Service& service, const CompareOptions& options) {
  std::vector<std::string> names = options.models;
  if (names.empty()) names = that_can_run(service, model_names());
  for (const std::string& name : names) check_model(service, name);  // what can't be is told now
  lab::CompareOptions lab = common_options(service, options);
  lab.serve_words = options.serve_words;
  lab.lanes = service.client != nullptr;
  lab.contestants = lab::models(lab, names);
  if (options.by_hand) add_twins(lab);
  add_against(lab, options.against);
  const bool has_epoll = std::find(names.begin(), names.end(), "epoll") != names.end();
  lab.reference = has_epoll ? "epoll" : names.front();
  lab.connections.assign(options.connections.begin(), options.connections.end());
  return lab;
}

std::size_t blocks_of(lab::CompareOptions experiment, const Effort& effort) {
  const auto takes_s = [&experiment](std::size_t blocks) {
    experiment.blocks = blocks;
    return lab::plan(experiment).estimate_s;
  };
  const double block_s = takes_s(2) - takes_s(1);
  return blocks_for(effort, duration_of(takes_s(1) - block_s), duration_of(block_s));
}

/// What can't be measured is told before anything is.
void check_against(const lab::CompareOptions& experiment, const std::vector<Against>& all) {
  for (const Against& each : all) {
    const std::string fault = fault_of(each, experiment);
    if (!fault.empty()) throw Failure(failed, fmt::format("--against {}: {}", each.name, fault));
  }
}

/// Writes the results where they are wanted, and tells what the terminal is told.
void write_results(const lab::Results& results, const CompareOptions& options) {
  if (!options.json.empty()) write_output(options.json, lab::to_json(results));
  if (!options.report.empty()) write_output(options.report, lab::html(results));
  if (!options.picture.empty()) write_output(options.picture, lab::picture(results));
  if (!options.tables.path.empty()) {
    write_output(options.tables.path, lab::tables(results, options.tables.format));
  }
  if (stdout_of(options) == Stdout::taken) return;
  fmt::print("{}", lab::table(results, colour_wanted() ? lab::Colour::ansi : lab::Colour::none));
  if (!options.report.empty()) {
    fmt::print("\nreport: {}\n", std::filesystem::absolute(options.report).string());
  }
}

}  // namespace

Stdout stdout_of(const CompareOptions& options) {
  const std::vector<std::string> paths{options.json, options.report, options.picture,
                                       options.tables.path};
  check_outputs(paths);
  return std::find(paths.begin(), paths.end(), "-") == paths.end() ? Stdout::free : Stdout::taken;
}

int compare(const Service& service, const CompareOptions& options) {
  need_exchanges(service);
  stdout_of(options);
  lab::CompareOptions experiment = to_lab(service, options);
  lab::Plan plan;
  try {
    experiment.blocks = blocks_of(experiment, options.effort);
    plan = lab::plan(experiment);
  } catch (const std::invalid_argument& error) {
    throw Failure(wrong_usage, error.what());
  }
  const std::string what =
      fmt::format("{} cells in {} blocks, about {:.0f} s (seed {})", plan.cells.size(), plan.blocks,
                  plan.estimate_s, options.seed);
  if (options.plan_only) {
    fmt::print("{}\n", what);
    return done;
  }
  check_against(experiment, options.against);
  std::optional<lab::Results> before;
  if (!options.baseline.empty()) before = sweep_baseline(options.baseline, experiment);
  fmt::print(stderr, "weir: {}; Ctrl-C reports what there is\n", what);

  experiment.stop = &stop_on_signals();
  lab::Results results;
  try {
    results = lab::run(experiment, progress(options.quiet));
  } catch (const std::system_error& error) {
    throw Failure(failed, error.what());
  }
  write_results(results, options);
  if (before && !results.interrupted) return hold_against(*before, results, stdout_of(options));
  return results.interrupted ? interrupted : done;
}

}  // namespace weir::cli
