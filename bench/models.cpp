// Every model against the same server written by hand for it, in the same run: server CPU per
// request at 64 and at 1,000 connections, and user instructions. Ends with exit code 4 when a limit
// of the project is missed.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <getopt.h>
#include <random>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bench/counts.hpp"
#include "bench/descriptors.hpp"
#include "bench/duel.hpp"
#include "bench/executables.hpp"
#include "bench/program.hpp"
#include "bench/verdicts.hpp"
#include "lab/machine.hpp"

namespace weir::bench {
namespace {

constexpr double cpu_ratio_max = 1.06;
constexpr double instructions_ratio_max = 1.25;
constexpr double uring_calls_max = 0.45;

constexpr std::string_view usage =
    "Every model beside the same server written by hand\n"
    "Usage: models [--model MODEL]... [--rounds N] [--counts] [--seed N]\n"
    "\n"
    "  --model MODEL  one of those with a twin; again for more (all)\n"
    "  --connections N  only at so many connections (64 and 1,000; iterative: 1)\n"
    "  --rounds N     interleaved rounds (6; 0: none)\n"
    "  --counts       also user instructions per request, by callgrind, and what calls uring "
    "makes\n"
    "  --seed N       repeats an order of runs (by chance)\n"
    "\n"
    "Exit codes: 0 every limit is met; 1 a run failed; 2 wrong usage; 4 a limit is missed;\n"
    "5 a limit could not be checked\n"
    "\n"
    "Examples:\n"
    "  models --counts\n"
    "  models --model uring --model epoll --rounds 12\n";

struct Twins {
  std::string model;
  bool counted;  // callgrind can count its instructions
};

const std::vector<Twins>& all_twins() {
  static const std::vector<Twins> twins{
      {"iterative", false}, {"fork", true},  {"thread", true}, {"pool", true}, {"select", true},
      {"poll", true},       {"epoll", true}, {"uring", false}, {"uv", true},   {"asio", true},
  };
  return twins;
}

struct Options {
  std::vector<std::string> models;
  std::vector<std::size_t> connections{64, 1000};
  DuelOptions duel;
  bool counts = false;
};

constexpr Program program{"models"};

std::vector<std::string> model_names() {
  std::vector<std::string> names;
  for (const Twins& each : all_twins()) names.push_back(each.model);
  return names;
}

Options parse(int argc, char** argv) {
  Options options;
  options.duel.seed = std::random_device()();
  const std::vector<std::string> known_models = model_names();
  const option known[] = {{"model", required_argument, nullptr, 'm'},
                          {"connections", required_argument, nullptr, 'c'},
                          {"rounds", required_argument, nullptr, 'r'},
                          {"counts", no_argument, nullptr, 'n'},
                          {"seed", required_argument, nullptr, 's'},
                          {"help", no_argument, nullptr, 'h'},
                          {nullptr, 0, nullptr, 0}};
  for (int given = 0; (given = ::getopt_long(argc, argv, "m:c:h", known, nullptr)) != -1;) {
    const std::string text = optarg != nullptr ? optarg : "";
    if (given == 'h') {
      fmt::print("{}", usage);
      std::exit(0);
    }
    if (given == '?') program.refuse("wrong usage");
    if (given == 'm') {
      if (std::find(known_models.begin(), known_models.end(), text) == known_models.end()) {
        program.refuse(
            fmt::format("no twin by hand of model '{}': {}", text, fmt::join(known_models, ", ")));
      }
      options.models.push_back(text);
    }
    if (given == 'c') options.connections = {program.number("--connections", text.c_str(), 1)};
    if (given == 'r') options.duel.rounds = program.number("--rounds", text.c_str(), 0);
    if (given == 's') options.duel.seed = program.number("--seed", text.c_str(), 0);
    options.counts = options.counts || given == 'n';
  }
  if (optind < argc) program.refuse(fmt::format("'{}' means nothing here", argv[optind]));
  if (options.models.empty()) options.models = known_models;
  if (options.duel.rounds == 0 && !options.counts)
    program.refuse("--rounds 0 without --counts is nothing");
  return options;
}

lab::Contestant by_hand(const std::string& model, std::size_t connections) {
  std::vector<std::string> argv{executable("by_hand/" + model), "127.0.0.1:0"};
  if (model == "pool") argv.push_back(std::to_string(connections));
  return {model + " by hand", argv};
}

lab::Contestant weir(const std::string& model, std::size_t connections) {
  std::vector<std::string> options{"--max-connections", std::to_string(connections + 1)};
  if (model == "pool") options = {"--pool", std::to_string(connections)};
  if (model == "select") options.clear();  // it knows its own bound
  return {"weir, " + model, serve_command(model, options)};
}

struct Bench {
  const Options& options;
  std::vector<Finding> findings;
  std::size_t runs = 0;
  std::size_t disturbed_runs = 0;
  std::size_t repeated_runs = 0;

  /// The first contestant is what the others are compared to.
  void race(const std::string& subject, const std::vector<lab::Contestant>& contestants,
            std::size_t connections, double ratio_max) {
    const Duel result = duel(contestants, connections, options.duel, say);
    runs += result.runs;
    disturbed_runs += result.disturbed_runs;
    repeated_runs += result.repeated_runs;
    const std::string at =
        fmt::format("{}, {} connection{}", subject, connections, connections == 1 ? "" : "s");
    const Lap& first = result.laps.front();
    for (const Lap& lap : result.laps) {
      const lab::Figure value = median(lap.cpu_ns_per_request) / 1000;
      Finding finding{at, lap.contestant, "server CPU, us/request", value, 2, "", {}, {}};
      if (&lap != &first) {
        const Ratio found = ratio(lap.cpu_ns_per_request, first.cpu_ns_per_request);
        if (found.median.known()) {
          finding.beside = fmt::format("{:.3f}x ({:.3f} to {:.3f})", found.median.value_or(0),
                                       found.low, found.high);
        }
        finding.compared = found.median;
        finding.limit_max = ratio_max;
        finding.limit = fmt::format("at most {:.2f}x", ratio_max);
      }
      findings.push_back(finding);
    }
    for (const Lap& lap : result.laps) {
      const lab::Figure calls = median(lap.system_calls_per_request);
      Finding finding{at, lap.contestant, "system calls/request", calls, 3, "", {}, {}};
      if (lap.contestant == "weir, uring" && connections == 64) {
        finding.compared = calls;
        finding.limit_max = uring_calls_max;
        finding.limit = fmt::format("at most {:.2f}", uring_calls_max);
      }
      findings.push_back(finding);
    }
  }

  void race_model(const std::string& model) {
    for (std::size_t connections : options.connections) {
      if (model == "iterative") connections = 1;
      race(model, {by_hand(model, connections), weir(model, connections)}, connections,
           cpu_ratio_max);
      if (model == "uring") {
        race("uring beside epoll", {weir("epoll", connections), weir(model, connections)},
             connections, 1);
      }
      if (model == "iterative") return;  // it serves one at a time
    }
  }

  void count(const std::string& model) {
    lab::Figure twin;
    for (const lab::Contestant& each : {by_hand(model, 1), weir(model, 1)}) {
      say("user instructions: " + each.name);
      const lab::Figure value = instructions_per_request(each.argv, {});
      Finding finding{
          model + ", 1 connection", each.name, "user instructions/request", value, 0, "", {}, {}};
      if (twin.known()) {
        finding.compared = value / twin;
        finding.limit_max = instructions_ratio_max;
        finding.limit = fmt::format("at most {:.2f}x", instructions_ratio_max);
        if (finding.compared.known()) {
          finding.beside = fmt::format("{:.3f}x ({:+.0f})", finding.compared.value_or(0),
                                       (value - twin).value_or(0));
        }
      }
      if (each.name.find("by hand") != std::string::npos) twin = value;
      findings.push_back(finding);
    }
  }

  /// uring is to make no system call but one.
  void name_calls() {
    say("uring, 64 connections: which system calls, by strace");
    lab::Figure others = lab::Figure::missing("strace is not installed (apt-get install strace)");
    std::string names;
    for (const CallShare& call : calls_by_name(weir("uring", 64), 64)) {
      if (!others.known()) others = 0.0;
      if (call.name == "io_uring_enter") continue;
      others = others.value_or(0) + call.share;
      names += (names.empty() ? "" : ", ") + call.name;
    }
    findings.push_back({"uring, 64 connections", "weir, uring", "calls that are not io_uring_enter",
                        others, 4, names, others, 0.0, "none"});
  }
};

int run(const Options& options) {
  raise_descriptor_limit(*std::max_element(options.connections.begin(), options.connections.end()));
  Bench bench{options, {}};
  for (const Twins& each : all_twins()) {
    const auto& models = options.models;
    if (std::find(models.begin(), models.end(), each.model) == models.end()) continue;
    if (options.duel.rounds > 0) bench.race_model(each.model);
    if (options.counts && each.counted) bench.count(each.model);
    if (options.counts && each.model == "uring") bench.name_calls();
  }
  if (::isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\r\033[K");
  fmt::print("{}", table(bench.findings));
  if (bench.runs > 0) {
    fmt::print("{} rounds of {} slices of {} ms each, seed {}; {}\n", options.duel.rounds,
               options.duel.slices, options.duel.slice.count(), options.duel.seed,
               lab::placement_text(lab::describe_machine()));
  }
  if (bench.disturbed_runs > 0) {
    fmt::print("{} of {} slices were disturbed by other programs\n", bench.disturbed_runs,
               bench.runs);
  }
  if (bench.repeated_runs > 0) {
    fmt::print("{} times a slice was repeated, since nothing was answered in it\n",
               bench.repeated_runs);
  }
  return exit_code(bench.findings);
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) {
  const auto options = weir::bench::parse(argc, argv);
  try {
    return weir::bench::run(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "models: {}\n", error.what());
    return 1;
  }
}
