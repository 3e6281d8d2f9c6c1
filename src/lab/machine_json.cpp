#include "lab/machine_json.hpp"

namespace weir::lab {
namespace {

Json cpu_list(const std::vector<int>& cpus) {
  Json list = Json::array();
  for (const int cpu : cpus) list.push(static_cast<double>(cpu));
  return list;
}

std::vector<int> cpus_from(const Json& list) {
  std::vector<int> cpus;
  for (const Json& cpu : list.elements()) cpus.push_back(static_cast<int>(cpu.number_or(0)));
  return cpus;
}

}  // namespace

Json json_of(const Machine& machine) {
  Json json;
  json.set("processor", machine.processor);
  json.set("cpus", static_cast<double>(machine.cpus));
  json.set("memory_bytes", machine.memory_bytes);
  json.set("kernel", machine.kernel);
  json.set("system", machine.system);
  json.set("virtualisation", machine.virtualisation);
  json.set("server_cpus", cpu_list(machine.server_cpus));
  json.set("generator_cpus", cpu_list(machine.generator_cpus));
  json.set("cpus_sleep", machine.cpus_sleep);
  return json;
}

Machine machine_from(const Json& json) {
  Machine machine;
  machine.processor = json.at("processor").text_or("");
  machine.cpus = static_cast<std::size_t>(json.at("cpus").number_or(0));
  machine.memory_bytes = json.at("memory_bytes").number_or(0);
  machine.kernel = json.at("kernel").text_or("");
  machine.system = json.at("system").text_or("");
  machine.virtualisation = json.at("virtualisation").text_or("");
  machine.server_cpus = cpus_from(json.at("server_cpus"));
  machine.generator_cpus = cpus_from(json.at("generator_cpus"));
  machine.cpus_sleep = json.at("cpus_sleep").text_or("no version kept them awake then");
  return machine;
}

}  // namespace weir::lab
