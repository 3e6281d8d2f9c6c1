#include "bench/race.hpp"

#include <algorithm>
#include <random>
#include <stdexcept>

#include <fmt/format.h>

#include "bench/executables.hpp"
#include "lab/awake.hpp"
#include "lab/cell.hpp"
#include "lab/machine.hpp"
#include "lab/statistics.hpp"

namespace weir::bench {
namespace {

constexpr std::chrono::milliseconds counting_window{200};  // the count itself comes after it
constexpr std::size_t connections_at_once = 64;

// std::shuffle may draw differently elsewhere; a seed must mean the same everywhere.
std::vector<std::size_t> order_of_chance(std::size_t size, std::mt19937_64& random) {
  std::vector<std::size_t> order(size);
  for (std::size_t i = 0; i < size; ++i) order[i] = i;
  for (std::size_t i = size; i > 1; --i) std::swap(order[i - 1], order[random() % i]);
  return order;
}

lab::Cell run_once(const lab::CompareOptions& options, const lab::Machine& machine,
                   const lab::PlannedCell& planned) {
  lab::Cell cell = lab::run_cell(options, machine, planned);
  const std::string& name = options.contestants[planned.contestant].name;
  if (!cell.failure.empty()) throw std::runtime_error(name + ": " + cell.failure);
  if (cell.verdict.limit == lab::Limit::invalid) {
    throw std::runtime_error(name + ": " + cell.verdict.words);
  }
  return cell;
}

}  // namespace

std::vector<lab::Contestant> contestants(const std::string& model) {
  return {{"by hand", {executable("by_hand/" + model), "127.0.0.1:0"}},
          {"weir", serve_command(model, {})},
          {"weir, idle timeout", serve_command(model, {"--idle-timeout", "60s"})}};
}

std::size_t connections_for(const std::string& model) {
  return model == "iterative" ? 1 : connections_at_once;
}

Race race(const std::string& model, const RaceOptions& options, const Say& say) {
  lab::CompareOptions runs;
  runs.weir = executable("weir");
  runs.contestants = contestants(model);
  runs.window = options.window;
  runs.warm_up = options.warm_up;
  const lab::Machine machine = lab::describe_machine();
  const lab::Awake awake(lab::IdleCpus::kept_awake);
  lab::CompareOptions counts = runs;
  counts.window = counting_window;
  lab::Machine one_cpu = machine;
  one_cpu.generator_cpus = one_cpu.server_cpus;

  Race result{model, connections_for(model), {}, 0, 0};
  for (const lab::Contestant& each : runs.contestants)
    result.laps.push_back({each.name, {}, {}, {}});
  std::mt19937_64 random(options.seed);
  for (std::size_t round = 0; round < options.rounds; ++round) {
    for (const std::size_t index : order_of_chance(runs.contestants.size(), random)) {
      say(fmt::format("{}, round {} of {}: {}", model, round + 1, options.rounds,
                      runs.contestants[index].name));
      const lab::Cell cell = run_once(runs, machine, {index, false, result.connections, round});
      Lap& lap = result.laps[index];
      lap.cpu_ns_per_request.push_back(cell.server.cpu_ns_per_request);
      lap.system_calls_per_request.push_back(cell.server.system_calls_per_request);
      const lab::Cell count = run_once(counts, one_cpu, {index, false, result.connections, round});
      lap.system_calls_on_one_cpu.push_back(count.server.system_calls_per_request);
      ++result.runs;
      if (cell.verdict.noisy) ++result.disturbed_runs;
    }
  }
  return result;
}

lab::Figure median(const std::vector<lab::Figure>& figures) {
  std::vector<double> values;
  for (const lab::Figure& figure : figures) {
    if (!figure.known()) return figure;
    values.push_back(figure.value_or(0));
  }
  if (values.empty()) return lab::Figure();
  return lab::median(values);
}

Ratio ratio(const std::vector<lab::Figure>& figures, const std::vector<lab::Figure>& twins) {
  std::vector<lab::Figure> ratios;
  for (std::size_t i = 0; i < figures.size(); ++i) ratios.push_back(figures[i] / twins.at(i));
  Ratio result{median(ratios), 0, 0};
  if (!result.median.known()) return result;
  const auto less = [](const lab::Figure& a, const lab::Figure& b) {
    return a.value_or(0) < b.value_or(0);
  };
  const auto [low, high] = std::minmax_element(ratios.begin(), ratios.end(), less);
  result.low = low->value_or(0);
  result.high = high->value_or(0);
  return result;
}

}  // namespace weir::bench
