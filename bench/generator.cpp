// `weir load` beside a load generator written by hand: CPU time of the generator per request, in a
// closed loop against the same server. Ends with exit code 4 when a limit of the project is missed.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <getopt.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "bench/executables.hpp"
#include "bench/program.hpp"
#include "bench/race.hpp"
#include "bench/verdicts.hpp"
#include "lab/machine.hpp"
#include "lab/process.hpp"

namespace weir::bench {
namespace {

constexpr double cpu_ratio_max = 1.05;
constexpr std::size_t connections = 64;
constexpr int window_ms = 500;
constexpr std::size_t slices = 4;  // of each in a round; half of them in reversed order

constexpr std::string_view usage =
    "weir load beside a generator written by hand, 64 connections in a closed loop\n"
    "Usage: generator [--rounds N]\n"
    "\n"
    "  --rounds N  interleaved rounds (6)\n"
    "\n"
    "Exit codes: 0 the limit is met; 1 a run failed; 2 wrong usage; 4 the limit is missed\n";

constexpr Program program{"generator"};

std::size_t parse_rounds(int argc, char** argv) {
  const option known[] = {{"rounds", required_argument, nullptr, 'r'},
                          {"help", no_argument, nullptr, 'h'},
                          {nullptr, 0, nullptr, 0}};
  std::size_t rounds = 6;
  for (int given = 0; (given = ::getopt_long(argc, argv, "h", known, nullptr)) != -1;) {
    if (given == 'h') {
      fmt::print("{}", usage);
      std::exit(0);
    }
    if (given == '?') program.refuse("wrong usage");
    rounds = program.number("--rounds", optarg, 1);
  }
  if (optind < argc) program.refuse(fmt::format("'{}' means nothing here", argv[optind]));
  return rounds;
}

struct Work {
  double requests = 0;
  double cpu_ns = 0;
};

Work by_hand(const std::string& output) {
  Work work;
  if (std::sscanf(output.c_str(), "%lf %lf", &work.requests, &work.cpu_ns) != 2) {
    throw std::runtime_error("the generator by hand failed");
  }
  return work;
}

Work of_weir(const std::string& output) {
  const nlohmann::json result = nlohmann::json::parse(output);
  return {result.at("requests").get<double>(), result.at("generator").at("cpu_ns").get<double>()};
}

struct Generator {
  std::string name;
  std::vector<std::string> argv;
  Work (*read)(const std::string& output);
};

std::vector<Generator> generators(const lab::Server& server) {
  const std::string address = fmt::format("{}:{}", server.host, server.port);
  const std::string count = std::to_string(connections);
  return {{"by hand",
           {executable("bench/client_by_hand"), address, count, std::to_string(window_ms)},
           by_hand},
          {"weir load",
           {executable("weir"), "load", "framed://" + address, "-q", "-c", count, "-d",
            fmt::format("{}ms", window_ms), "--warmup", "300ms", "--json", "-"},
           of_weir}};
}

Work run(const Generator& generator, const lab::Machine& machine) {
  lab::Process process = lab::Process::start(generator.argv, {machine.generator_cpus, {}});
  const std::string output = process.read_output_all();
  if (process.wait() != 0) {
    throw std::runtime_error(generator.name + ": " + process.take_errors());
  }
  return generator.read(output);
}

std::vector<Lap> race_generators(std::size_t rounds) {
  const lab::Machine machine = lab::describe_machine();
  lab::Server server = lab::start_server(serve_command("epoll", {}), {machine.server_cpus, {}});
  std::vector<Generator> order = generators(server);
  std::vector<Lap> laps;
  for (const Generator& each : order) laps.push_back({each.name, {}, {}, {}});
  for (std::size_t round = 0; round < rounds; ++round) {
    std::vector<Work> sums(laps.size());
    for (std::size_t slice = 0; slice < slices; ++slice) {
      for (const Generator& each : order) {
        const Work work = run(each, machine);
        const std::size_t index = each.name == laps.front().contestant ? 0 : 1;
        sums[index].requests += work.requests;
        sums[index].cpu_ns += work.cpu_ns;
      }
      std::reverse(order.begin(), order.end());
    }
    for (std::size_t i = 0; i < laps.size(); ++i) {
      laps[i].cpu_ns_per_request.emplace_back(sums[i].cpu_ns / std::max(1.0, sums[i].requests));
    }
  }
  server.process.signal(SIGTERM);
  server.process.wait();
  return laps;
}

int report(const std::vector<Lap>& laps, std::size_t rounds) {
  std::vector<Finding> findings;
  for (const Lap& lap : laps) {
    const lab::Figure value = median(lap.cpu_ns_per_request) / 1000;
    Finding finding{
        "64 connections", lap.contestant, "generator's CPU, us/request", value, 2, "", {}, {}};
    if (&lap != &laps.front()) {
      const Ratio found = ratio(lap.cpu_ns_per_request, laps.front().cpu_ns_per_request);
      finding.beside = fmt::format("{:.3f}x ({:.3f} to {:.3f})", found.median.value_or(0),
                                   found.low, found.high);
      finding.compared = found.median;
      finding.limit_max = cpu_ratio_max;
      finding.limit = fmt::format("at most {:.2f}x", cpu_ratio_max);
    }
    findings.push_back(finding);
  }
  fmt::print("{}{} rounds of {} slices of {} ms each\n", table(findings), rounds, slices,
             window_ms);
  return exit_code(findings);
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) {
  const std::size_t rounds = weir::bench::parse_rounds(argc, argv);
  try {
    return weir::bench::report(weir::bench::race_generators(rounds), rounds);
  } catch (const std::exception& error) {
    fmt::print(stderr, "generator: {}\n", error.what());
    return 1;
  }
}
