// Made-up measurements of three models on a quiet machine, for the tests of what is made of them.
#pragma once

#include <string>

#include <fmt/format.h>

#include "lab/cell.hpp"
#include "lab/experiment.hpp"

namespace weir::lab::samples {

/// What differs between the runs that are made up.
struct Shape {
  double cpu_ns = 5000;
  double switches = 0.05;
  double calls = 2.1;
  double server_utilisation = 0.97;
  double generator_utilisation = 0.60;
  double generator_wait_ns = 0;
  double unserved = 0;
  double user_bytes = 400;
  double stack_bytes = 0;
};

/// Returns a report of the load generator (schema weir.load/1).
inline std::string load_json(std::size_t connections, const Shape& shape) {
  const double requests = 0.8e9 * shape.server_utilisation / shape.cpu_ns;
  const double served = static_cast<double>(connections) - shape.unserved;
  const double mean_ns = served * 0.8e9 / requests;
  return fmt::format(
      R"({{"schema":"weir.load/1","target":"framed://127.0.0.1:9","connections":{0},)"
      R"("connected":{0},"served":{1},"window_ns":800000000,"requests":{2:.0f},)"
      R"("throughput_rps":{3:.1f},"errors":{{"connect":0,"protocol":0,"io":0}},)"
      R"("latency":{{"service":{{"count":{2:.0f},"mean_ns":{4:.0f},"p50_ns":{5:.0f},)"
      R"("p90_ns":{6:.0f},"p99_ns":{7:.0f},"max_ns":{8:.0f}}}}},)"
      R"("generator":{{"cpu_ns_per_request":4000,"cpu_ns":{9:.0f},"run_queue_wait_ns":{10:.0f},)"
      R"("utilisation":{11}}},"fairness":{{"unserved":{12:.0f},"jain":{13}}},)"
      R"("server":{{"pid":7,"threads":1,"cpu_ns":{14:.0f},"cpu_ns_per_request":{15},)"
      R"("utilisation":{16},"run_queue_wait_ns":0,"voluntary_switches_per_request":{17},)"
      R"("involuntary_switches_per_request":0.001,"system_calls_per_request":{18},)"
      R"("user_bytes_per_connection":{19},"kernel_stack_bytes_per_connection":{20},)"
      R"("page_table_bytes_per_connection":{21},"foreign_cpu_share":0.01,"steal_share":0,)"
      R"("server_cpus_steal_share":0,"own_cpus_steal_share":0}},)"
      R"("interrupted":false}})",
      connections, served, requests, requests / 0.8, mean_ns, mean_ns * 0.97, mean_ns * 1.1,
      mean_ns * 1.6, mean_ns * 4, shape.generator_utilisation * 0.8e9, shape.generator_wait_ns,
      shape.generator_utilisation, shape.unserved, shape.unserved > 0 ? 0.02 : 0.99,
      shape.server_utilisation * 0.8e9, shape.cpu_ns, shape.server_utilisation, shape.switches,
      shape.calls,
      connections < 16 ? std::string(R"("n/a: too few connections to tell")")
                       : fmt::format("{}", shape.user_bytes),
      shape.stack_bytes, shape.stack_bytes / 4);
}

inline Placement two_cpus() {
  return {1, 1, false};
}

/// Returns a judged cell.
inline Cell cell(const std::string& contestant, std::size_t connections, std::size_t block,
                 const Shape& shape, bool twin = false) {
  Cell result;
  result.contestant = contestant;
  result.connections = connections;
  result.block = block;
  result.twin = twin;
  read_load(result, load_json(connections, shape));
  result.verdict = judge(result, two_cpus());
  return result;
}

inline Shape iterative(std::size_t connections) {
  const double unserved = static_cast<double>(connections) - 1;
  return {5600, 1.0, 2.0, 0.48, 0.47, 0, unserved, 300, 0};
}

inline Shape thread(std::size_t connections) {
  if (connections == 1) return {5900, 1.0, 2.0, 0.50, 0.47, 0, 0, 0, 0};
  return {7700, 1.0, 2.0, 0.98, 0.66, 0, 0, 8900, 16384};
}

inline Shape epoll(std::size_t connections) {
  if (connections == 1) return {6900, 1.0, 3.0, 0.52, 0.45, 0, 0, 0, 0};
  const double cost = connections == 16 ? 5600 : connections == 64 ? 5080 : 4900;
  return {cost, 0.04, 2.1, 0.93, 0.99, 0, 0, 430, 0};
}

inline LaneSet lanes(const std::string& contestant, bool one_at_a_time) {
  LaneSet set;
  set.contestant = contestant;
  set.command = "weir client framed -n 3 --pace 0.1 --json - HOST PORT";
  for (int i = 0; i < 3; ++i) {
    const double start = one_at_a_time ? i * 224.0 : i * 0.4;
    Lane lane{fmt::format("conn{}", i), {}};
    lane.events = {{start + 0.5, "connected", ""},     {start + 0.6, "sending", "^abc$de^abte$f"},
                   {start + 0.9, "received", "bcd"},   {start + 101, "sending", "xyz^123"},
                   {start + 201, "sending", "25$^ab"}, {start + 223, "disconnecting", ""}};
    set.elapsed_ms = start + 223;
    set.lanes.push_back(lane);
  }
  return set;
}

/// Returns a whole comparison, summed up: epoll is cheapest with many connections, iterative serves
/// one client, and the generator is the limit under epoll.
inline Results results(std::size_t blocks = 3) {
  Results made;
  made.reference = "epoll";
  made.contestants = {"iterative", "thread", "epoll"};
  made.connections = {1, 16, 64, 256};
  made.blocks = blocks;
  made.window_ms = 800;
  made.warm_up_ms = 300;
  made.seed = 42;
  made.elapsed_s = 61;
  made.command = "./run compare --seed 42";
  made.started = "2026-01-02T03:04:05Z";
  made.version = "0.1.0";
  made.machine = {
      "AMD EPYC", "Linux 6.18.0", "Debian GNU/Linux 12", "virtual machine", 2, 25e9, {0}, {1}};
  const double wobble[] = {1.0, 1.02, 0.99};
  for (std::size_t block = 0; block < blocks; ++block) {
    for (const std::size_t connections : made.connections) {
      Shape twin = epoll(connections);
      twin.cpu_ns *= 1.03 * wobble[block % 3];
      Shape dear = thread(connections);
      dear.cpu_ns *= wobble[block % 3];
      made.cells.push_back(cell("iterative", connections, block, iterative(connections)));
      made.cells.push_back(cell("thread", connections, block, dear));
      made.cells.push_back(cell("epoll", connections, block, epoll(connections)));
      made.cells.push_back(cell("epoll", connections, block, twin, true));
    }
  }
  made.cells_planned = made.cells.size();
  made.lanes = {lanes("iterative", true), lanes("thread", false), lanes("epoll", false)};
  summarize(made);
  return made;
}

}  // namespace weir::lab::samples
