#include "lab/results_read.hpp"

#include <array>
#include <cmath>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "lab/json.hpp"
#include "lab/machine_json.hpp"

namespace weir::lab {
namespace {

constexpr const char* schema = "weir.compare/1";

/// A member of a structure, and where it is found.
template <class Struct>
struct At {
  const char* path;
  Figure Struct::*figure;
};

constexpr std::array of_cells{
    At<Cell>{"connected", &Cell::connected},
    At<Cell>{"served", &Cell::served},
    At<Cell>{"requests", &Cell::requests},
    At<Cell>{"throughput_rps", &Cell::throughput_rps},
    At<Cell>{"offered_rps", &Cell::offered_rps},
    At<Cell>{"errors", &Cell::errors},
    At<Cell>{"generator.cpu_ns", &Cell::generator_cpu_ns},
    At<Cell>{"generator.cpu_ns_per_request", &Cell::generator_cpu_ns_per_request},
    At<Cell>{"generator.run_queue_wait_ns", &Cell::generator_run_queue_wait_ns},
    At<Cell>{"generator.utilisation", &Cell::generator_utilisation},
    At<Cell>{"fairness.unserved", &Cell::unserved},
    At<Cell>{"fairness.jain", &Cell::jain},
    At<Cell>{"fairness.littles_law", &Cell::littles_law},
};

constexpr std::array of_points{
    At<CurvePoint>{"offered_rps", &CurvePoint::offered_rps},
    At<CurvePoint>{"throughput_rps", &CurvePoint::throughput_rps},
    At<CurvePoint>{"p50_ns", &CurvePoint::p50_ns},
    At<CurvePoint>{"p99_ns", &CurvePoint::p99_ns},
};

constexpr std::array of_latencies{
    At<Cell>{"mean_ns", &Cell::mean_ns},         At<Cell>{"p50_ns", &Cell::p50_ns},
    At<Cell>{"p90_ns", &Cell::p90_ns},           At<Cell>{"p99_ns", &Cell::p99_ns},
    At<Cell>{"p999_ns", &Cell::p999_ns},         At<Cell>{"max_ns", &Cell::max_ns},
    At<Cell>{"p99_calm_ns", &Cell::p99_calm_ns},
};

constexpr std::array of_servers{
    At<ServerFigures>{"threads", &ServerFigures::threads},
    At<ServerFigures>{"cpu_ns", &ServerFigures::cpu_ns},
    At<ServerFigures>{"cpu_ns_per_request", &ServerFigures::cpu_ns_per_request},
    At<ServerFigures>{"utilisation", &ServerFigures::utilisation},
    At<ServerFigures>{"run_queue_wait_ns", &ServerFigures::run_queue_wait_ns},
    At<ServerFigures>{"voluntary_switches_per_request",
                      &ServerFigures::voluntary_switches_per_request},
    At<ServerFigures>{"involuntary_switches_per_request",
                      &ServerFigures::involuntary_switches_per_request},
    At<ServerFigures>{"system_calls_per_request", &ServerFigures::system_calls_per_request},
    At<ServerFigures>{"user_bytes_per_connection", &ServerFigures::user_bytes_per_connection},
    At<ServerFigures>{"kernel_stack_bytes_per_connection",
                      &ServerFigures::kernel_stack_bytes_per_connection},
    At<ServerFigures>{"page_table_bytes_per_connection",
                      &ServerFigures::page_table_bytes_per_connection},
    At<ServerFigures>{"foreign_cpu_share", &ServerFigures::foreign_cpu_share},
    At<ServerFigures>{"steal_share", &ServerFigures::steal_share},
    At<ServerFigures>{"server_cpus_steal_share", &ServerFigures::server_cpus_steal_share},
    At<ServerFigures>{"own_cpus_steal_share", &ServerFigures::own_cpus_steal_share},
};

constexpr std::array of_rows{
    At<Row>{"cpu_ns_per_request", &Row::cpu_ns_per_request},
    At<Row>{"cpu_low_ns", &Row::cpu_low_ns},
    At<Row>{"cpu_high_ns", &Row::cpu_high_ns},
    At<Row>{"voluntary_switches_per_request", &Row::voluntary_switches_per_request},
    At<Row>{"involuntary_switches_per_request", &Row::involuntary_switches_per_request},
    At<Row>{"system_calls_per_request", &Row::system_calls_per_request},
    At<Row>{"throughput_rps", &Row::throughput_rps},
    At<Row>{"p50_ns", &Row::p50_ns},
    At<Row>{"p99_ns", &Row::p99_ns},
    At<Row>{"user_bytes_per_connection", &Row::user_bytes_per_connection},
    At<Row>{"kernel_bytes_per_connection", &Row::kernel_bytes_per_connection},
    At<Row>{"unserved", &Row::unserved},
};

template <class Struct, std::size_t Size>
void read_figures(const std::array<At<Struct>, Size>& members, const Json& json, Struct& to) {
  for (const auto& [path, figure] : members) to.*figure = json.at(path).figure();
}

/// What there can be no result without.
const Json& needed(const Json& json, const char* name) {
  const Json& member = json.at(name);
  if (member.is_null()) {
    throw std::runtime_error(
        fmt::format("it says {}, but a member '{}' is missing in it", schema, name));
  }
  return member;
}

std::string text_in(const Json& json, const char* name) {
  return needed(json, name).text_or("");
}

std::size_t count_in(const Json& json, const char* name) {
  return static_cast<std::size_t>(needed(json, name).number_or(0));
}

Verdict verdict_from(const Json& json) {
  constexpr std::array limits{Limit::invalid, Limit::generator, Limit::server, Limit::machine,
                              Limit::latency};
  Verdict verdict;
  verdict.server_full = json.at("server_full").bool_or(false);
  verdict.starved = json.at("starved").bool_or(false);
  verdict.noisy = json.at("noisy").bool_or(false);
  verdict.unsteady = json.at("unsteady").bool_or(false);
  verdict.words = json.at("words").text_or("");
  const std::string said = text_in(json, "name");
  for (const Limit limit : limits) {
    verdict.limit = limit;
    if (name(verdict) == said) return verdict;
  }
  throw std::runtime_error(fmt::format("it has a verdict that is unknown here: '{}'", said));
}

CurvePoint point_from(const Json& json) {
  CurvePoint point;
  point.percent = count_in(json, "percent");
  read_figures(of_points, json, point);
  point.generator_late = json.at("generator_late").bool_or(false);
  return point;
}

template <class Read>
auto list_from(const Json& json, Read read) {
  std::vector<decltype(read(json))> list;
  for (const Json& element : json.elements()) list.push_back(read(element));
  return list;
}

Cell cell_from(const Json& json) {
  Cell cell;
  cell.contestant = text_in(json, "contestant");
  cell.twin = json.at("twin").bool_or(false);
  cell.connections = count_in(json, "connections");
  cell.block = count_in(json, "block");
  cell.attempts = count_in(json, "attempts");
  cell.verdict = verdict_from(needed(json, "verdict"));
  cell.failure = json.at("failure").text_or("");
  if (!cell.failure.empty()) return cell;
  cell.window_ns = json.at("window_ns").number_or(0);
  read_figures(of_cells, json, cell);
  cell.loop = json.at("latency.response").is_null() ? Loop::closed : Loop::open;
  read_figures(of_latencies,
               json.at(cell.loop == Loop::open ? "latency.response" : "latency.service"), cell);
  cell.send_lag_p90_ns = json.at("latency.send_lag.p90_ns").figure();
  cell.send_lag_p99_ns = json.at("latency.send_lag.p99_ns").figure();
  cell.send_lag_p99_calm_ns = json.at("latency.send_lag.p99_calm_ns").figure();
  cell.generator_late = json.at("generator.late").bool_or(false);
  cell.server.pid = static_cast<pid_t>(json.at("server.pid").number_or(0));
  read_figures(of_servers, json.at("server"), cell.server);
  cell.capacity_rps = json.at("capacity_rps").figure();
  cell.curve = list_from(json.at("curve"), point_from);
  return cell;
}

/// Returns the logarithm whose exponential is `ratio` to the last digit, as far as there is one: a
/// ratio in the file is the exponential of the logarithm that was known, and rounded.
double log_of(double ratio) {
  const double near = std::log(ratio);
  double down = near;
  double up = near;
  for (int step = 0; step < 8; ++step) {
    if (std::exp(down) == ratio) return down;
    if (std::exp(up) == ratio) return up;
    down = std::nextafter(down, -INFINITY);
    up = std::nextafter(up, INFINITY);
  }
  return near;
}

Estimate estimate_from(const Json& json) {
  Estimate estimate;
  if (json.is_null()) return estimate;
  estimate.log_ratio = log_of(json.at("estimate").number_or(1));
  estimate.interval = {log_of(json.at("low").number_or(1)), log_of(json.at("high").number_or(1))};
  estimate.blocks = count_in(json, "blocks");
  estimate.provisional = json.at("provisional").bool_or(true);
  return estimate;
}

Row row_from(const Json& json) {
  Row row;
  row.contestant = text_in(json, "contestant");
  row.connections = count_in(json, "connections");
  row.blocks = count_in(json, "blocks");
  row.verdict = verdict_from(needed(json, "verdict"));
  read_figures(of_rows, json, row);
  row.cpu_letters = json.at("cpu_letters").text_or("");
  row.rate_letters = json.at("rate_letters").text_or("");
  row.rate_is_lower_bound = json.at("throughput_is_lower_bound").bool_or(false);
  row.cpu_to_reference = estimate_from(json.at("cpu_to_reference"));
  return row;
}

LaneSet lanes_from(const Json& json) {
  LaneSet set;
  set.contestant = text_in(json, "contestant");
  set.command = json.at("command").text_or("");
  set.failure = json.at("failure").text_or("");
  set.elapsed_ms = json.at("elapsed_ms").number_or(0);
  for (const Json& client : json.at("clients").elements()) {
    Lane lane{client.at("name").text_or(""), {}};
    for (const Json& event : client.at("events").elements()) {
      lane.events.push_back({event.at("at_ms").number_or(0), event.at("what").text_or(""),
                             event.at("text").text_or("")});
    }
    set.lanes.push_back(std::move(lane));
  }
  return set;
}

void read_plan(const Json& json, Results& results) {
  const auto text = [](const Json& element) { return element.text_or(""); };
  results.version = text_in(json, "version");
  results.started = text_in(json, "started");
  results.elapsed_s = json.at("elapsed_s").number_or(0);
  results.interrupted = json.at("interrupted").bool_or(false);
  results.command = text_in(json, "command");
  results.seed = static_cast<std::uint64_t>(json.at("seed").number_or(0));
  results.protocol = text_in(json, "protocol");
  results.reference = text_in(json, "reference");
  results.contestants = list_from(needed(json, "contestants"), text);
  for (const auto& [name, command] : json.at("commands").members()) {
    results.commands[name] = command.text_or("");
  }
  results.connections = list_from(needed(json, "connections"), [](const Json& element) {
    return static_cast<std::size_t>(element.number_or(0));
  });
  results.blocks = count_in(json, "blocks");
  results.window_ms = needed(json, "window_ms").number_or(0);
  results.warm_up_ms = json.at("warm_up_ms").number_or(0);
  results.cells_planned = count_in(json, "cells_planned");
  results.machine = machine_from(needed(json, "machine"));
}

}  // namespace

Results from_json(std::string_view text) {
  const Json json = Json::parse(text);
  if (json.at("schema").text_or("") != schema) {
    const std::string other = json.at("schema").text_or("");
    throw std::runtime_error(other.empty()
                                 ? "it is not what weir compare writes"
                                 : fmt::format("it is of the schema {}, not {}", other, schema));
  }
  Results results;
  read_plan(json, results);
  const Json& noise = needed(json, "noise_floor");
  results.cpu_noise_floor = noise.at("cpu_ratio").number_or(0);
  results.rate_noise_floor = noise.at("rate_ratio").number_or(0);
  results.noise_pairs = count_in(noise, "pairs");
  results.answer = json.at("answer").text_or("");
  results.explanations =
      list_from(json.at("explanations"), [](const Json& element) { return element.text_or(""); });
  results.rows = list_from(needed(json, "rows"), row_from);
  results.cells = list_from(needed(json, "cells"), cell_from);
  results.lanes = list_from(json.at("lanes"), lanes_from);
  return results;
}

}  // namespace weir::lab
