#include "lab/summary.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "lab/blocks.hpp"

namespace weir::lab {
namespace {

constexpr std::size_t usual_load = 64;
constexpr std::string_view by_hand = " by hand";

using Member = Figure (*)(const Cell&);

bool is_valid(const Cell& cell) {
  return cell.verdict.limit != Limit::invalid;
}

// A figure of the runs that can be believed.
FigureOf of_valid(Member member) {
  return [member](const Cell& cell) {
    if (!cell.failure.empty()) return Figure::missing(cell.failure);
    const Figure figure = member(cell);
    return is_valid(cell) || !figure.known() ? figure : Figure::missing("no valid run");
  };
}

Figure median_of(const std::vector<const Cell*>& cells, Member member) {
  return over_blocks(cells, of_valid(member));
}

Figure cpu(const Cell& cell) {
  return cell.server.cpu_ns_per_request;
}
Figure rate(const Cell& cell) {
  return cell.throughput_rps;
}
Figure kernel_bytes(const Cell& cell) {
  return cell.server.kernel_stack_bytes_per_connection +
         cell.server.page_table_bytes_per_connection;
}

// The verdict of a row is that of most of its blocks; what befell any block is kept as a flag.
Verdict verdict_of(const std::vector<const Cell*>& cells) {
  const Cell* chosen = cells.front();
  std::ptrdiff_t most = 0;
  for (const Cell* cell : cells) {
    const auto same = std::count_if(cells.begin(), cells.end(), [&](const Cell* other) {
      return other->verdict.limit == cell->verdict.limit;
    });
    const bool worse = same == most && cell->verdict.starved && !chosen->verdict.starved;
    if (same > most || worse) chosen = cell;
    most = std::max<std::ptrdiff_t>(most, same);
  }
  Verdict verdict = chosen->verdict;
  for (const Cell* cell : cells) {
    if (!is_valid(*cell)) continue;
    verdict.starved |= cell->verdict.starved;
    verdict.noisy |= cell->verdict.noisy;
    verdict.unsteady |= cell->verdict.unsteady;
  }
  return verdict;
}

Row make_row(const Results& results, const std::string& contestant, std::size_t connections,
             const std::vector<const Cell*>& cells) {
  Row row;
  row.contestant = contestant;
  row.connections = connections;
  row.blocks = cells.size();
  row.cpu_ns_per_request = median_of(cells, cpu);
  const auto costs = known_values(cells, of_valid(cpu));
  if (!costs.empty()) {
    row.cpu_low_ns = *std::min_element(costs.begin(), costs.end());
    row.cpu_high_ns = *std::max_element(costs.begin(), costs.end());
  }
  row.voluntary_switches_per_request =
      median_of(cells, [](const Cell& cell) { return cell.server.voluntary_switches_per_request; });
  row.involuntary_switches_per_request = median_of(
      cells, [](const Cell& cell) { return cell.server.involuntary_switches_per_request; });
  row.system_calls_per_request =
      median_of(cells, [](const Cell& cell) { return cell.server.system_calls_per_request; });
  row.throughput_rps = median_of(cells, rate);
  row.p50_ns = median_of(cells, [](const Cell& cell) { return cell.p50_ns; });
  row.p99_ns = median_of(cells, [](const Cell& cell) { return cell.p99_ns; });
  row.user_bytes_per_connection =
      median_of(cells, [](const Cell& cell) { return cell.server.user_bytes_per_connection; });
  row.kernel_bytes_per_connection = median_of(cells, kernel_bytes);
  row.unserved = median_of(cells, [](const Cell& cell) { return cell.unserved; });
  row.verdict = verdict_of(cells);
  row.rate_is_lower_bound = row.verdict.limit == Limit::generator;
  const auto ratios = log_ratios(results, cells, of_valid(cpu));
  if (!ratios.empty()) row.cpu_to_reference = estimate(ratios, results.seed);
  return row;
}

// A model that served some and starved others did a different job, so it is not ranked.
bool comparable(const Row& row) {
  return row.verdict.limit != Limit::invalid && row.unserved.value_or(0) <= 0;
}

void rank(Results& results, std::size_t connections) {
  std::vector<Row*> by_cpu;
  std::vector<Row*> by_rate;
  std::vector<double> costs;
  std::vector<double> slownesses;
  bool bounded = false;
  for (Row& row : results.rows) {
    if (row.connections != connections || !comparable(row)) continue;
    if (row.cpu_to_reference.blocks > 0) {
      by_cpu.push_back(&row);
      costs.push_back(row.cpu_to_reference.log_ratio);
    }
    bounded |= row.rate_is_lower_bound;
    if (row.throughput_rps.value_or(0) > 0) {
      by_rate.push_back(&row);
      slownesses.push_back(-std::log(row.throughput_rps.value_or(1)));
    }
  }
  if (results.cpu_noise_floor > 0) {
    const auto letters = letter_groups(costs, results.cpu_noise_floor);
    for (std::size_t i = 0; i < by_cpu.size(); ++i) by_cpu[i]->cpu_letters = letters[i];
  }
  // Beside a lower bound nobody can be called the fastest.
  if (results.rate_noise_floor > 0 && !bounded) {
    const auto letters = letter_groups(slownesses, results.rate_noise_floor);
    for (std::size_t i = 0; i < by_rate.size(); ++i) by_rate[i]->rate_letters = letters[i];
  }
}

void find_noise_floors(Results& results) {
  const auto costs = log_ratios(results, twins_of(results), of_valid(cpu));
  const auto rates = log_ratios(results, twins_of(results), of_valid(rate));
  results.noise_pairs = costs.size();
  results.cpu_noise_floor = costs.empty() ? 0 : noise_floor(costs);
  results.rate_noise_floor = rates.empty() ? 0 : noise_floor(rates);
}

}  // namespace

std::string by_hand_name(const std::string& model) {
  return model + std::string(by_hand);
}

bool is_by_hand(const std::string& contestant) {
  return contestant.ends_with(by_hand);
}

std::string model_of(const std::string& contestant) {
  return is_by_hand(contestant) ? contestant.substr(0, contestant.size() - by_hand.size())
                                : contestant;
}

void summarize(Results& results) {
  results.rows.clear();
  find_noise_floors(results);
  for (const std::size_t connections : results.connections) {
    for (const std::string& contestant : results.contestants) {
      const auto cells = cells_of(results, contestant, connections);
      if (!cells.empty()) results.rows.push_back(make_row(results, contestant, connections, cells));
    }
    rank(results, connections);
  }
  explain(results);
}

const Row* find_row(const Results& results, const std::string& contestant,
                    std::size_t connections) {
  for (const Row& row : results.rows) {
    if (row.contestant == contestant && row.connections == connections) return &row;
  }
  return nullptr;
}

std::size_t main_load(const Results& results) {
  std::size_t best = 0;
  double best_distance = 0;
  for (const Row& row : results.rows) {
    const double distance = std::abs(std::log(static_cast<double>(row.connections) / usual_load));
    if (best == 0 || distance < best_distance) {
      best = row.connections;
      best_distance = distance;
    }
  }
  return best;
}

std::string limit_text(const Row& row) {
  std::string text;
  switch (row.verdict.limit) {
    case Limit::invalid:
      return "invalid: " + row.verdict.words;
    case Limit::generator:
      text = row.verdict.server_full ? "both" : "generator";
      break;
    case Limit::server:
      text = "server";
      break;
    case Limit::machine:
      text = "shared CPU";
      break;
    case Limit::latency:
      text = "none full";
      break;
  }
  const double unserved = row.unserved.value_or(0);
  if (unserved > 0) {
    text = fmt::format("{:.0f} of {} unserved", unserved, row.connections);
  } else if (row.verdict.starved) {
    text += ", unfair";
  }
  if (row.verdict.noisy) text += ", noisy";
  if (row.verdict.unsteady) text += ", unsteady";
  return text;
}

Figure switches_per_request(const Row& row) {
  return row.voluntary_switches_per_request + row.involuntary_switches_per_request;
}

std::size_t cells_limited_by(const Results& results, Limit limit) {
  return static_cast<std::size_t>(
      std::count_if(results.cells.begin(), results.cells.end(),
                    [&](const Cell& cell) { return cell.verdict.limit == limit; }));
}

}  // namespace weir::lab
