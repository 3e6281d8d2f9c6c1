#include <cmath>

#include "lab/experiment.hpp"
#include "lab/json.hpp"
#include "lab/machine_json.hpp"

namespace weir::lab {
namespace {

double number(std::size_t value) {
  return static_cast<double>(value);
}

Json of(const Verdict& verdict) {
  Json json;
  json.set("name", name(verdict));
  json.set("server_full", verdict.server_full);
  json.set("starved", verdict.starved);
  json.set("noisy", verdict.noisy);
  json.set("unsteady", verdict.unsteady);
  json.set("words", verdict.words);
  return json;
}

Json of(const CurvePoint& point) {
  Json json;
  json.set("percent", number(point.percent));
  json.set("offered_rps", point.offered_rps);
  json.set("throughput_rps", point.throughput_rps);
  json.set("p50_ns", point.p50_ns);
  json.set("p99_ns", point.p99_ns);
  json.set("generator_late", point.generator_late);
  return json;
}

Json of(const Cell& cell) {
  Json json;
  json.set("contestant", cell.contestant);
  json.set("twin", cell.twin);
  json.set("connections", number(cell.connections));
  json.set("block", number(cell.block));
  json.set("attempts", number(cell.attempts));
  json.set("verdict", of(cell.verdict));
  if (!cell.failure.empty()) {
    json.set("failure", cell.failure);
    return json;
  }
  json.set("connected", cell.connected);
  json.set("served", cell.served);
  json.set("window_ns", cell.window_ns);
  json.set("requests", cell.requests);
  json.set("throughput_rps", cell.throughput_rps);
  if (cell.loop == Loop::open) json.set("offered_rps", cell.offered_rps);
  json.set("errors", cell.errors);
  Json latency;
  latency.set("mean_ns", cell.mean_ns);
  latency.set("p50_ns", cell.p50_ns);
  latency.set("p90_ns", cell.p90_ns);
  latency.set("p99_ns", cell.p99_ns);
  latency.set("p99_calm_ns", cell.p99_calm_ns);
  latency.set("p999_ns", cell.p999_ns);
  latency.set("max_ns", cell.max_ns);
  Json kinds;
  kinds.set(cell.loop == Loop::open ? "response" : "service", latency);
  if (cell.loop == Loop::open) {
    Json lag;
    lag.set("p90_ns", cell.send_lag_p90_ns);
    lag.set("p99_ns", cell.send_lag_p99_ns);
    lag.set("p99_calm_ns", cell.send_lag_p99_calm_ns);
    kinds.set("send_lag", lag);
  }
  json.set("latency", kinds);
  Json generator;
  generator.set("cpu_ns", cell.generator_cpu_ns);
  generator.set("cpu_ns_per_request", cell.generator_cpu_ns_per_request);
  generator.set("run_queue_wait_ns", cell.generator_run_queue_wait_ns);
  generator.set("utilisation", cell.generator_utilisation);
  if (cell.loop == Loop::open) generator.set("late", cell.generator_late);
  json.set("generator", generator);
  Json fairness;
  fairness.set("unserved", cell.unserved);
  fairness.set("jain", cell.jain);
  fairness.set("littles_law", cell.littles_law);
  json.set("fairness", fairness);
  json.set("server", Json::parse(to_json(cell.server)));
  if (!cell.curve.empty()) {
    Json points = Json::array();
    for (const CurvePoint& point : cell.curve) points.push(of(point));
    json.set("capacity_rps", cell.capacity_rps);
    json.set("curve", points);
  }
  return json;
}

Json of(const Row& row) {
  Json json;
  json.set("contestant", row.contestant);
  json.set("connections", number(row.connections));
  json.set("blocks", number(row.blocks));
  json.set("verdict", of(row.verdict));
  json.set("cpu_ns_per_request", row.cpu_ns_per_request);
  json.set("cpu_low_ns", row.cpu_low_ns);
  json.set("cpu_high_ns", row.cpu_high_ns);
  json.set("cpu_letters", row.cpu_letters);
  if (row.cpu_to_reference.blocks > 0) {
    const Estimate& estimate = row.cpu_to_reference;
    Json ratio;
    ratio.set("estimate", std::exp(estimate.log_ratio));
    ratio.set("low", std::exp(estimate.interval.low));
    ratio.set("high", std::exp(estimate.interval.high));
    ratio.set("blocks", number(estimate.blocks));
    ratio.set("provisional", estimate.provisional);
    json.set("cpu_to_reference", ratio);
  }
  json.set("voluntary_switches_per_request", row.voluntary_switches_per_request);
  json.set("involuntary_switches_per_request", row.involuntary_switches_per_request);
  json.set("system_calls_per_request", row.system_calls_per_request);
  json.set("throughput_rps", row.throughput_rps);
  json.set("throughput_is_lower_bound", row.rate_is_lower_bound);
  json.set("rate_letters", row.rate_letters);
  json.set("p50_ns", row.p50_ns);
  json.set("p99_ns", row.p99_ns);
  json.set("user_bytes_per_connection", row.user_bytes_per_connection);
  json.set("kernel_bytes_per_connection", row.kernel_bytes_per_connection);
  json.set("unserved", row.unserved);
  return json;
}

Json of(const LaneSet& set) {
  Json json;
  json.set("contestant", set.contestant);
  json.set("command", set.command);
  if (!set.failure.empty()) json.set("failure", set.failure);
  json.set("elapsed_ms", set.elapsed_ms);
  Json clients = Json::array();
  for (const Lane& lane : set.lanes) {
    Json events = Json::array();
    for (const LaneEvent& event : lane.events) {
      Json entry;
      entry.set("at_ms", event.at_ms);
      entry.set("what", event.what);
      entry.set("text", event.text);
      events.push(entry);
    }
    Json client;
    client.set("name", lane.name);
    client.set("events", events);
    clients.push(client);
  }
  json.set("clients", clients);
  return json;
}

template <typename T>
Json list_of(const std::vector<T>& values) {
  Json list = Json::array();
  for (const T& value : values) list.push(of(value));
  return list;
}

Json noise_of(const Results& results) {
  Json noise;
  const Figure missing = Figure::missing("the reference and its twin were not both measured");
  const bool known = results.noise_pairs > 0;
  noise.set("cpu_ratio", known ? Figure(results.cpu_noise_floor) : missing);
  noise.set("rate_ratio", known ? Figure(results.rate_noise_floor) : missing);
  noise.set("pairs", number(results.noise_pairs));
  return noise;
}

}  // namespace

std::string to_json(const Results& results) {
  Json json;
  json.set("schema", "weir.compare/1");
  json.set("version", results.version);
  json.set("started", results.started);
  json.set("elapsed_s", results.elapsed_s);
  json.set("interrupted", results.interrupted);
  json.set("command", results.command);
  json.set("seed", static_cast<double>(results.seed));
  json.set("protocol", results.protocol);
  json.set("reference", results.reference);
  json.set("contestants", Json::array(results.contestants));
  if (!results.commands.empty()) {
    Json commands;
    for (const auto& [name, command] : results.commands) commands.set(name, command);
    json.set("commands", commands);
  }
  Json connections = Json::array();
  for (const std::size_t count : results.connections) connections.push(number(count));
  json.set("connections", connections);
  json.set("blocks", number(results.blocks));
  json.set("window_ms", results.window_ms);
  json.set("warm_up_ms", results.warm_up_ms);
  json.set("cells_planned", number(results.cells_planned));
  json.set("machine", json_of(results.machine));
  json.set("noise_floor", noise_of(results));
  json.set("answer", results.answer);
  Json explanations = Json::array();
  for (const std::string& text : results.explanations) explanations.push(text);
  json.set("explanations", explanations);
  json.set("rows", list_of(results.rows));
  json.set("cells", list_of(results.cells));
  json.set("lanes", list_of(results.lanes));
  return json.dump(2) + "\n";
}

}  // namespace weir::lab
