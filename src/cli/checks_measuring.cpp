#include <algorithm>
#include <fstream>
#include <unistd.h>

#include <fmt/format.h>

#include "cli/checks.hpp"
#include "cli/described.hpp"
#include "cli/model_table.hpp"
#include "cli/suggest.hpp"
#include "lab/awake.hpp"
#include "lab/machine.hpp"
#include "lab/meter.hpp"

namespace weir::cli {
namespace {

using Level = Finding::Level;

Finding check_cpus() {
  const lab::Machine machine = lab::describe_machine();
  const std::string where = lab::placement_text(machine);
  if (machine.cpus >= 2) {
    return {Level::ok, "CPUs", fmt::format("{} allowed: {}", machine.cpus, where)};
  }
  return {Level::problem, "CPUs", "one allowed: " + where,
          "a rate that is the server's own (its CPU per request still holds)",
          "allow two (taskset, docker --cpuset-cpus), or measure on another machine"};
}

Finding check_idle_cpus() {
  const lab::Awake awake(lab::IdleCpus::kept_awake);
  if (awake.why_not().empty()) return {Level::ok, "idle CPUs", "can be kept awake while measuring"};
  const bool denied = awake.why_not().starts_with("can't write");
  return {Level::note, "idle CPUs", awake.why_not(),
          "comparing without what waking a CPU costs: in a virtual machine it is much, and uneven",
          denied ? "run as root, in a container with --device /dev/cpu_dma_latency"
                 : "compare as it is, and hold out for larger differences"};
}

Finding check_perf_events() {
  const lab::SyscallCounter counter(::getpid());
  const lab::Figure count = counter.count();
  if (count.known()) return {Level::ok, "perf events", "allowed: system calls can be counted"};
  return {
      Level::problem, "perf events", count.reason(),
      "the figure of system calls per request (load and compare say n/a)",
      "run as root (or with CAP_PERFMON and CAP_SYS_ADMIN), in a container under a profile that "
      "allows perf_event_open"};
}

// Each connection to one address needs a port of its own: ip(7), ip_local_port_range.
Finding check_ports() {
  std::ifstream file("/proc/sys/net/ipv4/ip_local_port_range");
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  if (!(file >> first >> last) || last < first) return {Level::ok, "ports", "no range is told"};
  constexpr std::uint32_t wished = 16'000;  // what the usual limit of descriptors allows a server
  const std::uint32_t ports = last - first + 1;
  Finding finding{
      Level::ok, "ports",
      fmt::format("{} to {}: {} connections from here to one server", first, last, ports)};
  if (ports >= wished) return finding;
  finding.level = Level::note;
  finding.stops = fmt::format("load and compare to {} connections", ports);
  finding.way_out = "sysctl net.ipv4.ip_local_port_range='10000 60999'";
  return finding;
}

}  // namespace

std::vector<Finding> check_measuring() {
  return {check_cpus(), check_idle_cpus(), check_perf_events(), check_ports()};
}

std::vector<Finding> check_models() {
  std::vector<Finding> findings;
  std::vector<std::string> able;
  for (const std::string& name : model_names()) {
    const auto why = why_unavailable(name);
    if (!why) {
      able.push_back(name);
      continue;
    }
    findings.push_back({Level::problem, "model " + name, *why, "--model " + name});
  }
  findings.push_back({Level::ok, "models", fmt::format("able to run here: {}", listed(able))});
  return findings;
}

}  // namespace weir::cli
