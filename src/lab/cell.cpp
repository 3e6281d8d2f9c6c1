#include "lab/cell.hpp"

#include <algorithm>
#include <csignal>
#include <stdexcept>

#include <fmt/format.h>

#include "lab/beside.hpp"
#include "lab/curve.hpp"
#include "lab/external.hpp"
#include "lab/json.hpp"
#include "lab/process.hpp"

namespace weir::lab {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds slice{50};      // how long a stop may go unnoticed
constexpr milliseconds grace{10'000};  // beyond the planned time, before a child is given up
constexpr milliseconds warm_up_max{1'000};
constexpr milliseconds lanes_timeout{30'000};

// Returns what the child wrote to stdout. Throws when it was stopped, too slow, or silent.
std::string output_of(Process& child, const std::string& what, const CompareOptions& options,
                      milliseconds timeout) {
  for (milliseconds waited{0}; waited < timeout; waited += slice) {
    if (options.stopped()) throw std::runtime_error("interrupted");
    auto text = child.read_output_for(slice);
    if (!text) continue;
    const int code = child.wait();
    if (!text->empty()) return *text;
    const std::string said = last_line(child.take_errors());
    throw std::runtime_error(
        fmt::format("{} ended with code {}{}{}", what, code, said.empty() ? "" : ": ", said));
  }
  throw std::runtime_error(fmt::format("{} did not end", what));
}

Server start(const Contestant& contestant, const Machine& machine) {
  const Process::Options options{machine.server_cpus, {}};
  return contestant.external() ? start_external(contestant.command, options)
                               : start_server(contestant.argv, options);
}

// The server must have lived until now; then it is told to leave.
void end(Server& server, const Contestant& contestant) {
  if (contestant.external()) return end_external(server);
  if (const auto code = server.process.wait_for(milliseconds(0))) {
    throw std::runtime_error(fmt::format("the server ended by itself with code {}: {}", *code,
                                         last_line(server.process.take_errors())));
  }
  server.process.signal(SIGTERM);
  if (!server.process.wait_for(drain_timeout)) {
    throw std::runtime_error("the server did not drain when asked to");
  }
}

/// A load beside that begins at its time has to find the window at its own.
std::string warm_up_of(const CompareOptions& options) {
  const bool timed = std::any_of(options.beside.begin(), options.beside.end(),
                                 [](const BesideLoad& load) { return load.after.count() > 0; });
  return timed ? fmt::format("{}ms", options.warm_up.count()) : "steady";
}

std::vector<std::string> measured_load(const CompareOptions& options, const Server& server,
                                       std::size_t connections, milliseconds window) {
  std::vector<std::string> words = load_command(options, server);
  for (std::string word :
       {std::string("-c"), std::to_string(connections), std::string("-d"),
        fmt::format("{}ms", window.count()), std::string("--warmup"), warm_up_of(options),
        std::string("--server-pid"), std::to_string(server.process.pid()), std::string("--json"),
        std::string("-")}) {
    words.push_back(std::move(word));
  }
  words.insert(words.end(), options.load_words.begin(), options.load_words.end());
  return words;
}

std::vector<std::string> client_command(const CompareOptions& options, const std::string& host,
                                        const std::string& port) {
  std::vector<std::string> words = service_command(options, "client");
  for (const char* word : {"-n", "3", "--pace", "0.1", "--json", "-"}) words.emplace_back(word);
  words.push_back(host);
  words.push_back(port);
  return words;
}

void read_server(ServerFigures& server, const Json& json) {
  server.pid = static_cast<pid_t>(json.at("pid").number_or(0));
  server.threads = json.at("threads").figure();
  server.cpu_ns = json.at("cpu_ns").figure();
  server.cpu_ns_per_request = json.at("cpu_ns_per_request").figure();
  server.utilisation = json.at("utilisation").figure();
  server.run_queue_wait_ns = json.at("run_queue_wait_ns").figure();
  server.voluntary_switches_per_request = json.at("voluntary_switches_per_request").figure();
  server.involuntary_switches_per_request = json.at("involuntary_switches_per_request").figure();
  server.system_calls_per_request = json.at("system_calls_per_request").figure();
  server.user_bytes_per_connection = json.at("user_bytes_per_connection").figure();
  server.kernel_stack_bytes_per_connection = json.at("kernel_stack_bytes_per_connection").figure();
  server.page_table_bytes_per_connection = json.at("page_table_bytes_per_connection").figure();
  server.foreign_cpu_share = json.at("foreign_cpu_share").figure();
  server.steal_share = json.at("steal_share").figure();
  server.server_cpus_steal_share = json.at("server_cpus_steal_share").figure();
  server.own_cpus_steal_share = json.at("own_cpus_steal_share").figure();
}

Figure quantile(const Json& json, std::string_view key) {
  const Json& value = json.at(key);
  return value.is_null() ? Figure::missing("too few answers to tell") : value.figure();
}

/// Of clients that always ask: as many requests are under way as there are clients, times as many as
/// each has in its pipeline.
Figure littles_law_of(const Cell& cell, const Json& json) {
  if (cell.loop == Loop::open) return Figure::missing("an open loop");
  if (json.at("churn").bool_or(false) || json.at("think_ns").number_or(0) > 0) {
    return Figure::missing("clients don't ask all the time");
  }
  constexpr double ns_per_s = 1e9;
  return Figure(cell.throughput_rps.value_or(0) * cell.mean_ns.value_or(0) / ns_per_s) /
         cell.connected / Figure(json.at("pipeline").number_or(1));
}

}  // namespace

void take_out(Figure& foreign_cpu_share, double share) {
  if (!foreign_cpu_share.known()) return;
  foreign_cpu_share = std::max(0.0, foreign_cpu_share.value_or(0) - share);
}

void read_load(Cell& cell, std::string_view text) {
  const Json json = Json::parse(text);
  if (json.at("schema").text_or("").rfind("weir.load/1", 0) != 0) {
    throw std::runtime_error("the load generator's report is not of the schema weir.load/1");
  }
  cell.connected = json.at("connected").figure();
  cell.served = json.at("served").figure();
  cell.window_ns = json.at("window_ns").number_or(0);
  cell.requests = json.at("requests").figure();
  cell.throughput_rps = json.at("throughput_rps").figure();
  double errors = 0;
  for (const auto& [kind, count] : json.at("errors").members()) errors += count.number_or(0);
  cell.errors = errors;
  const Json& response = json.at("latency.response");
  cell.loop = response.is_null() ? Loop::closed : Loop::open;
  const Json& latency = cell.loop == Loop::open ? response : json.at("latency.service");
  cell.generator_late =
      cell.loop == Loop::open && json.at("verdict").text_or("") == "generator-bound";
  if (cell.loop == Loop::open) {
    cell.offered_rps = json.at("open_loop.offered_rps").figure();
    cell.send_lag_p90_ns = quantile(json.at("latency.send_lag"), "p90_ns");
    cell.send_lag_p99_ns = quantile(json.at("latency.send_lag"), "p99_ns");
    cell.send_lag_p99_calm_ns = quantile(json.at("latency.send_lag"), "p99_calm_ns");
  }
  cell.mean_ns = quantile(latency, "mean_ns");
  cell.p50_ns = quantile(latency, "p50_ns");
  cell.p90_ns = quantile(latency, "p90_ns");
  cell.p99_ns = quantile(latency, "p99_ns");
  cell.p99_calm_ns = quantile(latency, "p99_calm_ns");
  cell.p999_ns = quantile(latency, "p999_ns");
  cell.max_ns = quantile(latency, "max_ns");
  cell.generator_cpu_ns = json.at("generator.cpu_ns").figure();
  cell.generator_cpu_ns_per_request = json.at("generator.cpu_ns_per_request").figure();
  cell.generator_run_queue_wait_ns = json.at("generator.run_queue_wait_ns").figure();
  cell.generator_utilisation = json.at("generator.utilisation").figure();
  cell.unserved = json.at("fairness.unserved").figure();
  cell.jain = json.at("fairness.jain").figure();
  cell.unsteady = json.at("unsteady").bool_or(false);
  cell.littles_law = littles_law_of(cell, json);
  const double asked_twice = 2 * json.at("connections").number_or(0);
  if (cell.loop == Loop::open && json.at("open_loop.due").number_or(asked_twice) < asked_twice) {
    cell.unserved = cell.jain = Figure::missing("not every client had something to ask");
  }
  read_server(cell.server, json.at("server"));
}

Cell run_cell(const CompareOptions& options, const Machine& machine, const PlannedCell& planned) {
  const Contestant& contestant = options.contestants.at(planned.contestant);
  Cell cell;
  cell.contestant = contestant.name;
  cell.twin = planned.twin;
  cell.connections = planned.connections;
  cell.block = planned.block;
  try {
    Server server = start(contestant, machine);
    const auto make = [&](const std::vector<std::string>& more, milliseconds window) {
      std::vector<std::string> words = measured_load(options, server, planned.connections, window);
      words.insert(words.end(), more.begin(), more.end());
      Process load = Process::start(words, {machine.generator_cpus, {}});
      Beside beside(options, machine, server);
      Cell made = cell;
      read_load(made, output_of(load, "the load generator", options, window + warm_up_max + grace));
      take_out(made.server.foreign_cpu_share, beside.cpu_share());
      beside.end();
      return made;
    };
    cell = options.percents.empty() ? make({}, options.window) : climb(options, make);
    if (!options.losses) end(server, contestant);
  } catch (const std::exception& error) {
    cell.failure = error.what();
  }
  cell.verdict =
      judge(cell, placement_of(machine), options.losses ? Losses::measured : Losses::invalid);
  return cell;
}

LaneSet read_lanes(std::string_view text) {
  const Json json = Json::parse(text);
  LaneSet result;
  result.elapsed_ms = json.at("elapsed_ms").number_or(0);
  for (const Json& client : json.at("clients").elements()) {
    Lane lane{client.at("name").text_or("client"), {}};
    for (const Json& event : client.at("events").elements()) {
      lane.events.push_back({event.at("at_ms").number_or(0), event.at("what").text_or(""),
                             event.at("text").text_or("")});
    }
    result.lanes.push_back(std::move(lane));
  }
  if (result.lanes.empty()) throw std::runtime_error("the clients reported nothing");
  return result;
}

LaneSet run_lanes(const CompareOptions& options, const Machine& machine,
                  const Contestant& contestant) {
  LaneSet result;
  try {
    Server server = start(contestant, machine);
    Process clients =
        Process::start(client_command(options, server.host, std::to_string(server.port)),
                       {machine.generator_cpus, {}});
    result = read_lanes(output_of(clients, "the simulated clients", options, lanes_timeout));
    end(server, contestant);
  } catch (const std::exception& error) {
    result = {};
    result.failure = error.what();
  }
  result.contestant = contestant.name;
  for (const std::string& word : client_command({}, "HOST", "PORT")) {
    result.command += (result.command.empty() ? "" : " ") + word;
  }
  return result;
}

}  // namespace weir::lab
