#include "lab/experiment.hpp"

#include <algorithm>
#include <ctime>
#include <random>
#include <sstream>
#include <stdexcept>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "lab/cell.hpp"

namespace weir::lab {
namespace {

using Clock = std::chrono::steady_clock;

// Starting the server, connecting, counting system calls and draining, beside the windows.
constexpr double cell_overhead_s = 0.45;
constexpr double rate_overhead_s = 0.25;  // of a curve: the same, of each rate
constexpr double client_s = 150e-6;
constexpr double lanes_s = 1.0;
constexpr std::size_t attempts_max = 3;

double seconds(Clock::duration time) {
  return std::chrono::duration<double>(time).count();
}

std::size_t reference_index(const CompareOptions& options) {
  for (std::size_t i = 0; i < options.contestants.size(); ++i) {
    if (options.contestants[i].name == options.reference) return i;
  }
  throw std::invalid_argument(
      fmt::format("the reference {} is not among the contestants", options.reference));
}

// The standard leaves open how std::shuffle draws; a seed must mean the same everywhere.
template <typename T>
void shuffle(std::vector<T>& values, std::mt19937_64& random) {
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[random() % i]);
}

std::string doing_text(const CompareOptions& options, const PlannedCell& cell) {
  return fmt::format("{}{}, {} connection{}", options.contestants[cell.contestant].name,
                     cell.twin ? " again (A/A)" : "", cell.connections,
                     cell.connections == 1 ? "" : "s");
}

bool needs_repeat(const Verdict& verdict) {
  return verdict.noisy || verdict.unsteady;
}

// Runs a cell, and again while it is noisy, as long as there is time set aside for that.
Cell run_quietly(const CompareOptions& options, const Machine& machine, const PlannedCell& planned,
                 double& repeats_left_s) {
  Cell cell = run_cell(options, machine, planned);
  for (std::size_t attempt = 2; attempt <= attempts_max && needs_repeat(cell.verdict); ++attempt) {
    if (repeats_left_s <= 0) break;
    const auto begin = Clock::now();
    Cell again = run_cell(options, machine, planned);
    repeats_left_s -= seconds(Clock::now() - begin);
    if (!again.failure.empty()) break;
    cell = std::move(again);
    cell.attempts = attempt;
  }
  return cell;
}

Results empty_results(const CompareOptions& options, const Plan& planned) {
  Results results;
  results.reference = options.reference;
  for (const Contestant& contestant : options.contestants) {
    results.contestants.push_back(contestant.name);
    if (contestant.external()) results.commands[contestant.name] = contestant.command;
  }
  results.connections = options.connections;
  results.blocks = planned.blocks;
  results.cells_planned = planned.cells.size();
  results.window_ms = static_cast<double>(options.window.count());
  results.warm_up_ms = static_cast<double>(options.warm_up.count());
  results.seed = options.seed;
  results.command = options.command;
  results.protocol = options.protocol;
  results.version = options.version;
  results.started = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  results.machine = describe_machine();
  if (options.unpinned) {
    results.machine.server_cpus.clear();
    results.machine.generator_cpus.clear();
  }
  return results;
}

}  // namespace

std::vector<std::string> service_command(const CompareOptions& options, const std::string& verb) {
  std::vector<std::string> words{options.weir, verb};
  if (options.name_service) words.push_back(options.protocol);
  return words;
}

std::vector<std::string> words_of(const std::string& name) {
  std::istringstream in(name);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

std::vector<Contestant> models(const CompareOptions& options,
                               const std::vector<std::string>& names) {
  std::vector<Contestant> result;
  for (const std::string& name : names) {
    std::vector<std::string> words = service_command(options, "serve");
    for (const char* word : {"-l", "127.0.0.1:0", "-m"}) words.emplace_back(word);
    for (const std::string& word : words_of(name)) words.push_back(word);
    words.insert(words.end(), options.serve_words.begin(), options.serve_words.end());
    result.push_back({name, std::move(words), ""});
  }
  return result;
}

Plan plan(const CompareOptions& options) {
  const std::size_t reference = reference_index(options);
  if (options.blocks == 0) throw std::invalid_argument("a comparison needs at least one block");
  if (options.connections.empty()) throw std::invalid_argument("no number of connections given");
  Plan result;
  const double load_s = seconds(options.window + options.warm_up);
  result.cell_s = load_s + cell_overhead_s + static_cast<double>(options.clients) * client_s +
                  static_cast<double>(options.percents.size()) * (load_s + rate_overhead_s);
  const double block_s = static_cast<double>(options.connections.size()) *
                         static_cast<double>(options.contestants.size() + 1) * result.cell_s;
  const double extra_s =
      options.lanes
          ? lanes_s *
                static_cast<double>(std::count_if(
                    options.contestants.begin(), options.contestants.end(),
                    [](const Contestant& contestant) { return !is_by_hand(contestant.name); }))
          : 0;
  result.blocks = options.blocks;
  const double budget_s = static_cast<double>(options.budget.count());
  while (budget_s > 0 && result.blocks > 1 &&
         extra_s + static_cast<double>(result.blocks) * block_s > budget_s) {
    --result.blocks;
  }
  result.estimate_s = extra_s + static_cast<double>(result.blocks) * block_s;

  std::mt19937_64 random(options.seed);
  for (std::size_t block = 0; block < result.blocks; ++block) {
    std::vector<std::size_t> loads = options.connections;
    shuffle(loads, random);
    for (const std::size_t connections : loads) {
      std::vector<PlannedCell> cells{{reference, true, connections, block}};
      for (std::size_t i = 0; i < options.contestants.size(); ++i) {
        cells.push_back({i, false, connections, block});
      }
      shuffle(cells, random);
      result.cells.insert(result.cells.end(), cells.begin(), cells.end());
    }
  }
  return result;
}

Results run(const CompareOptions& options, const Progress& progress) {
  const Plan planned = plan(options);
  Results results = empty_results(options, planned);
  const Awake awake(options.idle_cpus);
  results.machine.cpus_sleep = awake.why_not();
  double repeats_left_s = planned.estimate_s * options.repeats_share;
  if (options.budget.count() > 0) {
    repeats_left_s =
        std::min(repeats_left_s,
                 std::max(0.0, static_cast<double>(options.budget.count()) - planned.estimate_s));
  }
  const auto begin = Clock::now();
  double left_s = planned.estimate_s;
  for (std::size_t i = 0; i < planned.cells.size() && !options.stopped(); ++i) {
    if (progress) {
      progress({i + 1, planned.cells.size(), left_s, doing_text(options, planned.cells[i])});
    }
    Cell cell = run_quietly(options, results.machine, planned.cells[i], repeats_left_s);
    if (options.stopped()) break;  // a cell cut short is no result
    results.cells.push_back(std::move(cell));
    const double done = static_cast<double>(i + 1);
    left_s =
        seconds(Clock::now() - begin) / done * (static_cast<double>(planned.cells.size()) - done);
  }
  for (const Contestant& contestant : options.contestants) {
    if (!options.lanes || options.stopped()) break;
    if (is_by_hand(contestant.name)) continue;  // its clients wait as its model's do
    if (progress) {
      progress({planned.cells.size(), planned.cells.size(), lanes_s,
                "who waits: three clients of " + contestant.name});
    }
    results.lanes.push_back(run_lanes(options, results.machine, contestant));
  }
  results.interrupted = options.stopped();
  results.elapsed_s = seconds(Clock::now() - begin);
  summarize(results);
  return results;
}

}  // namespace weir::lab
