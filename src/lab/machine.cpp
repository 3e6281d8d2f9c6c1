#include "lab/machine.hpp"

#include <algorithm>
#include <fstream>
#include <string>
#include <sys/utsname.h>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "lab/meter.hpp"

namespace weir::lab {
namespace {

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

std::string siblings(int cpu) {
  return first_line(
      fmt::format("/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list", cpu));
}

// What stands behind `key`, a separator and blanks, in the first line that begins with `key`.
std::string value_in(const std::string& path, const std::string& key, char separator) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(key, 0) != 0) continue;
    const std::size_t at = line.find(separator);
    if (at == std::string::npos) continue;
    std::string value = line.substr(at + 1);
    while (!value.empty() && (value.front() == ' ' || value.front() == '"')) value.erase(0, 1);
    while (!value.empty() && (value.back() == ' ' || value.back() == '"')) value.pop_back();
    return value;
  }
  return "";
}

bool is_virtual() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("flags", 0) == 0) return line.find(" hypervisor") != std::string::npos;
  }
  return false;
}

}  // namespace

Machine describe_machine() {
  Machine machine;
  machine.processor = value_in("/proc/cpuinfo", "model name", ':');
  if (machine.processor.empty()) machine.processor = "unknown processor";
  utsname name{};
  if (uname(&name) == 0) machine.kernel = fmt::format("{} {}", name.sysname, name.release);
  machine.system = value_in("/etc/os-release", "PRETTY_NAME", '=');
  if (is_virtual()) machine.virtualisation = "virtual machine";
  machine.memory_bytes =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
  const auto cpus = cpus_of(0);
  machine.cpus = cpus.size();
  if (cpus.size() < 2) return machine;
  machine.server_cpus = {cpus[0]};
  machine.generator_cpus = {cpus[1]};
  for (const int cpu : cpus) {
    if (siblings(cpu) == siblings(cpus[0])) continue;  // a sibling shares the core's units
    machine.generator_cpus = {cpu};
    break;
  }
  return machine;
}

Placement placement_of(const Machine& machine) {
  Placement placement;
  placement.shared = machine.server_cpus.empty();
  if (placement.shared) {
    placement.server_cpus = placement.generator_cpus =
        static_cast<double>(std::max<std::size_t>(1, machine.cpus));
  }
  return placement;
}

std::string placement_text(const Machine& machine) {
  if (machine.server_cpus.empty()) {
    return machine.cpus > 1
               ? fmt::format("server and load generator share the {} CPUs", machine.cpus)
               : "server and load generator share the only CPU";
  }
  return fmt::format("server on CPU {}, load generator on CPU {}", machine.server_cpus.front(),
                     machine.generator_cpus.front());
}

std::string idle_text(const Machine& machine) {
  if (machine.cpus_sleep.empty()) return "idle CPUs kept awake";
  return fmt::format("idle CPUs may sleep ({})", machine.cpus_sleep);
}

}  // namespace weir::lab
