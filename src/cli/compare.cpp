#include "cli/compare.hpp"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <signal.h>
#include <system_error>

#include <fmt/format.h>

#include "cli/described.hpp"
#include "cli/failure.hpp"
#include "cli/load.hpp"
#include "cli/model_table.hpp"
#include "cli/output.hpp"
#include "cli/serve.hpp"
#include "cli/version.hpp"
#include "cli/worker_options.hpp"
#include "lab/experiment.hpp"

namespace weir::cli {
namespace {

std::atomic<bool> stop_asked{false};

void on_signal(int) {
  stop_asked = true;
}

/// This very command: what serves and makes the load are its own verbs.
std::string own_path() {
  return std::filesystem::read_symlink("/proc/self/exe").string();
}

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
    all.push_back({lab::by_hand_name(model.name), {twin, "127.0.0.1:0"}});
  }
  lab.contestants = std::move(all);
}

/// Throws Failure when the model can't run here, or not this service.
void check(const Service& service, const std::string& name) {
  ServeOptions serve;
  serve.model.model = name;
  make_model(serve.model);
  count_workers(service, serve);
}

/// All models that can run here. Of the others it says why not, and goes on without them.
std::vector<std::string> available_models(const Service& service) {
  std::vector<std::string> names = model_names();
  std::erase_if(names, [&](const std::string& name) {
    try {
      check(service, name);
      return false;
    } catch (const Failure& why) {
      fmt::print(stderr, "weir: {} is left out: {}\n", name, why.what());
      return true;
    }
  });
  return names;
}

lab::CompareOptions to_lab(const Service& service, const CompareOptions& options) {
  std::vector<std::string> names = options.models;
  if (names.empty()) names = available_models(service);
  for (const std::string& name : names) check(service, name);  // what can't be is told now
  lab::CompareOptions lab;
  lab.weir = own_path();
  lab.protocol = service.name;
  lab.name_service = options.name_service;
  lab.serve_words = options.serve_words;
  lab.lanes = service.client != nullptr;
  lab.contestants = lab::models(lab, names);
  if (options.by_hand) add_twins(lab);
  const bool has_epoll = std::find(names.begin(), names.end(), "epoll") != names.end();
  lab.reference = has_epoll ? "epoll" : names.front();
  lab.connections.assign(options.connections.begin(), options.connections.end());
  lab.blocks = options.blocks;
  lab.window = std::chrono::duration_cast<std::chrono::milliseconds>(options.window);
  lab.seed = options.seed;
  lab.command = options.command;
  lab.version = version_text();
  lab.stop = &stop_asked;
  return lab;
}

lab::Progress progress(bool quiet) {
  if (quiet) return [](const lab::ProgressEvent&) {};
  const bool rewrite = progress_wanted();
  return [rewrite](const lab::ProgressEvent& event) {
    const std::string line = fmt::format("  {:3}/{} {:32} about {:.0f} s left", event.cell,
                                         event.cells, event.doing, event.left_s);
    if (rewrite)
      fmt::print(stderr, "\r\x1b[K{}{}", line, event.cell == event.cells ? "\n" : "");
    else if (event.cell % 8 == 1)
      fmt::print(stderr, "{}\n", line);
    std::fflush(stderr);
  };
}

}  // namespace

int compare(const Service& service, const CompareOptions& options) {
  need_exchanges(service);
  const lab::CompareOptions experiment = to_lab(service, options);
  lab::Plan plan;
  try {
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
  fmt::print(stderr, "weir: {}; Ctrl-C reports what there is\n", what);

  ::signal(SIGINT, on_signal);
  ::signal(SIGTERM, on_signal);
  lab::Results results;
  try {
    results = lab::run(experiment, progress(options.quiet));
  } catch (const std::system_error& error) {
    throw Failure(failed, error.what());
  }
  if (!options.json.empty()) write_output(options.json, lab::to_json(results));
  if (!options.report.empty()) write_output(options.report, lab::html(results));
  if (!options.picture.empty()) write_output(options.picture, lab::picture(results));
  if (options.json != "-") {
    fmt::print("{}", lab::table(results, colour_wanted() ? lab::Colour::ansi : lab::Colour::none));
    if (!options.report.empty()) {
      fmt::print("\nreport: {}\n", std::filesystem::absolute(options.report).string());
    }
  }
  return results.interrupted ? interrupted : done;
}

}  // namespace weir::cli
