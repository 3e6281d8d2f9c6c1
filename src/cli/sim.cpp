// weir sim: a service's sessions in a simulated network.
#include "cli/sim.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <map>

#include <fmt/format.h>
#include <weir/sim.hpp>

#include "cli/failure.hpp"
#include "cli/output.hpp"
#include "lab/json.hpp"

namespace weir::cli {
namespace {

double cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

/// A row for each verb, a column for each fault.
std::string table(const std::vector<SimCovered>& coverage) {
  std::vector<std::string> verbs;
  std::vector<std::string> faults;
  std::map<std::pair<std::string, std::string>, std::uint64_t> times;
  const auto add = [](std::vector<std::string>& names, const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const SimCovered& pair : coverage) {
    add(verbs, pair.verb);
    add(faults, pair.fault);
    times[{pair.verb, pair.fault}] = pair.times;
  }
  std::string text = fmt::format("{:<11}", "");
  for (const std::string& fault : faults) text += fmt::format("{:>12}", fault);
  for (const std::string& verb : verbs) {
    text += fmt::format("\n{:<11}", verb);
    for (const std::string& fault : faults) {
      const auto found = times.find({verb, fault});
      text +=
          found == times.end() ? fmt::format("{:>12}", "-") : fmt::format("{:>12}", found->second);
    }
  }
  return text + "\n";
}

std::string to_json(const std::string& service, const SimResult& result, double ops_per_second) {
  using lab::Json;
  Json failures = Json::array();
  for (const SimFailure& failure : result.failures) {
    Json json = Json::object();
    json.set("seed", std::to_string(failure.seed));
    json.set("what", failure.what);
    failures.push(std::move(json));
  }
  Json pairs = Json::array();
  for (const SimCovered& pair : result.coverage) {
    Json json = Json::object();
    json.set("verb", pair.verb);
    json.set("fault", pair.fault);
    json.set("times", static_cast<double>(pair.times));
    pairs.push(std::move(json));
  }
  Json json = Json::object();
  json.set("schema", "weir.sim/1");
  json.set("service", service);
  json.set("seeds", static_cast<double>(result.seeds));
  json.set("different_traces", static_cast<double>(result.different));
  json.set("hash", fmt::format("{:016x}", result.hash));
  json.set("ops", static_cast<double>(result.ops));
  json.set("ops_per_cpu_second", ops_per_second);
  json.set("failures", std::move(failures));
  json.set("coverage", std::move(pairs));
  return json.dump(2) + "\n";
}

std::uint64_t faults_in(const SimResult& result) {
  std::uint64_t count = 0;
  for (const SimCovered& pair : result.coverage) count += pair.times;
  return count;
}

}  // namespace

int sim(const Service& service, const SimVerbOptions& options) {
  if (!service.exchanges.make) {
    throw Failure(wrong_usage, fmt::format("service '{}' has no exchanges, and so no clients; give "
                                           "it some in its weir::Service, or a transcript",
                                           service.name));
  }
  Service prepared = service;
  prepared.prepare = {};
  const bool to_stdout = options.json == "-";
  SimOptions run{.first_seed = options.seed.value_or(options.first_seed),
                 .seeds = options.seed ? 1 : options.seeds};
  if (options.seed && !to_stdout) {
    run.trace = [](std::string_view line) { fmt::print("{}\n", line); };
  }
  const double begin = cpu_seconds();
  const SimResult result = simulate(prepared, run);
  const double ops_per_second =
      static_cast<double>(result.ops) / std::max(1e-6, cpu_seconds() - begin);
  if (!options.json.empty()) {
    write_output(options.json, to_json(service.name, result, ops_per_second));
  }
  if (!to_stdout) {
    if (options.verbose) fmt::print("{}\n", table(result.coverage));
    fmt::print(
        "{}: {} seed{}, {} different traces ({:016x}), {} ops with {} faults, {:.2f} million ops a "
        "second of CPU\n",
        service.name, result.seeds, result.seeds == 1 ? "" : "s", result.different, result.hash,
        result.ops, faults_in(result), ops_per_second / 1e6);
    std::fflush(stdout);
  }
  if (result.ok()) return done;
  const SimFailure& first = result.failures.front();
  throw Failure(failed, fmt::format("seed {} failed: {}; repeat it with: {} --seed {}", first.seed,
                                    first.what, options.again, first.seed));
}

}  // namespace weir::cli
