// `weir load` beside a load generator written by hand, and beside wrk: CPU time of the generator per
// request, in a closed loop against the same server. Ends with exit code 4 when a limit of the project is
// missed.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <getopt.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "bench/executables.hpp"
#include "bench/program.hpp"
#include "bench/race.hpp"
#include "bench/verdicts.hpp"
#include "bench/wrk.hpp"
#include "lab/awake.hpp"
#include "lab/machine.hpp"
#include "lab/process.hpp"

namespace weir::bench {
namespace {

constexpr std::size_t connections = 64;
constexpr std::size_t slices = 4;  // of each in a round; half of them in reversed order

constexpr std::string_view usage =
    "weir load beside a generator written by hand, and wrk; 64 connections in a closed loop\n"
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

/// Of the children that have ended: getrusage(2).
double children_cpu_ns() {
  rusage used{};
  ::getrusage(RUSAGE_CHILDREN, &used);
  const auto ns = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_usec) * 1e3;
  };
  return ns(used.ru_utime) + ns(used.ru_stime);
}

// What came of a run, by what the generator said. The first two have counted their own CPU time, from
// when all were connected; of the others it is the whole process's.

Work by_hand(const std::string& said, double) {
  Work work;
  if (std::sscanf(said.c_str(), "%lf %lf", &work.requests, &work.cpu_ns) != 2) {
    throw std::runtime_error("the generator by hand failed");
  }
  return work;
}

Work of_weir(const std::string& said, double) {
  const nlohmann::json result = nlohmann::json::parse(said);
  return {result.at("requests").get<double>(), result.at("generator").at("cpu_ns").get<double>()};
}

Work whole_of_weir(const std::string& said, double cpu_ns) {
  return {nlohmann::json::parse(said).at("requests").get<double>(), cpu_ns};
}

Work whole_of_wrk(const std::string& said, double cpu_ns) {
  return {answered_in(said), cpu_ns};
}

struct Generator {
  std::string name;
  std::vector<std::string> argv;
  Work (*read)(const std::string& said, double cpu_ns);
};

/// Two generators for one server: the one to be measured by, and weir's.
struct Duel {
  std::string name;
  lab::Server server;
  std::vector<Generator> generators;
  double cpu_ratio_max;
};

lab::Server serve(const std::string& service, const lab::Machine& machine) {
  return lab::start_server({executable("weir"), "serve", service, "-l", "127.0.0.1:0"},
                           {machine.server_cpus, {}});
}

std::vector<std::string> weir_load(const std::string& target, const char* warm_up,
                                   const char* window) {
  return {
      executable("weir"), "load",  target,   "-q", "-c", std::to_string(connections), "-d", window,
      "--warmup",         warm_up, "--json", "-"};
}

Duel by_hand_and_weir(const lab::Machine& machine) {
  lab::Server server = serve("framed", machine);
  const std::string address = fmt::format("{}:{}", server.host, server.port);
  std::vector<Generator> generators{
      {"by hand",
       {executable("bench/client_by_hand"), address, std::to_string(connections), "500"},
       by_hand},
      {"weir load", weir_load("framed://" + address, "300ms", "500ms"), of_weir}};
  return {"framed", std::move(server), std::move(generators), 1.05};
}

Duel wrk_and_weir(const lab::Machine& machine) {
  lab::Server server = serve("http", machine);
  const WrkLoad load{.path = "/plaintext", .connections = connections, .pipelined = 1};
  const std::string target = fmt::format("http://{}:{}{}", server.host, server.port, load.path);
  std::vector<Generator> generators{{"wrk", wrk_command(server, load), whole_of_wrk},
                                    {"weir load", weir_load(target, "0s", "1s"), whole_of_weir}};
  return {"http", std::move(server), std::move(generators), 1};
}

Work run(const Generator& generator, const lab::Machine& machine) {
  const double before_ns = children_cpu_ns();
  lab::Process process = lab::Process::start(generator.argv, {machine.generator_cpus, {}});
  const std::string said = process.read_output_all();
  if (process.wait() != 0) {
    throw std::runtime_error(generator.name + ": " + process.take_errors());
  }
  return generator.read(said, children_cpu_ns() - before_ns);
}

std::vector<Lap> race(Duel& duel, const lab::Machine& machine, std::size_t rounds) {
  std::vector<Lap> laps;
  for (const Generator& each : duel.generators) laps.push_back({each.name, {}, {}, {}});
  std::vector<std::size_t> order{0, 1};
  for (std::size_t round = 0; round < rounds; ++round) {
    std::vector<Work> sums(laps.size());
    for (std::size_t slice = 0; slice < slices; ++slice) {
      for (const std::size_t i : order) {
        const Work work = run(duel.generators[i], machine);
        sums[i].requests += work.requests;
        sums[i].cpu_ns += work.cpu_ns;
      }
      std::reverse(order.begin(), order.end());
    }
    for (std::size_t i = 0; i < laps.size(); ++i) {
      laps[i].cpu_ns_per_request.emplace_back(sums[i].cpu_ns / std::max(1.0, sums[i].requests));
    }
  }
  duel.server.process.signal(SIGTERM);
  duel.server.process.wait();
  return laps;
}

void add(std::vector<Finding>& findings, const Duel& duel, const std::vector<Lap>& laps) {
  for (const Lap& lap : laps) {
    Finding finding{duel.name,
                    lap.contestant,
                    "generator's CPU, us/request",
                    median(lap.cpu_ns_per_request) / 1000,
                    2,
                    "",
                    {},
                    {}};
    if (&lap != &laps.front()) {
      const Ratio found = ratio(lap.cpu_ns_per_request, laps.front().cpu_ns_per_request);
      finding.beside = fmt::format("{:.3f}x ({:.3f} to {:.3f})", found.median.value_or(0),
                                   found.low, found.high);
      finding.compared = found.median;
      finding.limit_max = duel.cpu_ratio_max;
      finding.limit = fmt::format("at most {:.2f}x", duel.cpu_ratio_max);
    }
    findings.push_back(finding);
  }
}

int compare(std::size_t rounds) {
  const lab::Machine machine = lab::describe_machine();
  const lab::Awake awake(lab::IdleCpus::kept_awake);
  std::vector<Finding> findings;
  for (Duel (*prepare)(const lab::Machine&) : {by_hand_and_weir, wrk_and_weir}) {
    Duel duel = prepare(machine);
    add(findings, duel, race(duel, machine, rounds));
  }
  fmt::print("{}{} rounds of {} slices each\n", table(findings), rounds, slices);
  return exit_code(findings);
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) {
  const std::size_t rounds = weir::bench::parse_rounds(argc, argv);
  try {
    return weir::bench::compare(rounds);
  } catch (const std::exception& error) {
    fmt::print(stderr, "generator: {}\n", error.what());
    return 1;
  }
}
