// What the seam costs: weir against the same server written by hand for each model, measured in
// the same run. Ends with exit code 4 when a limit of the project is missed.
#include <cstdio>
#include <cstdlib>
#include <getopt.h>
#include <random>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "bench/counts.hpp"
#include "bench/executables.hpp"
#include "bench/program.hpp"
#include "bench/race.hpp"
#include "bench/verdicts.hpp"
#include "lab/machine.hpp"

namespace weir::bench {
namespace {

constexpr double cpu_ratio_max = 1.08;
constexpr double calls_difference_max = 0.05;
constexpr double instructions_ratio_max = 1.25;
constexpr double twin_instructions_max = 900;

constexpr std::string_view usage =
    "What weir costs beside the same server written by hand\n"
    "Usage: seam [--model MODEL]... [--rounds N] [--counts] [--quick] [--seed N]\n"
    "\n"
    "  --model MODEL  iterative, thread or epoll; again for more (all three)\n"
    "  --rounds N     interleaved rounds of CPU time and system calls (6; 0: none)\n"
    "  --counts       also user instructions per request, by callgrind\n"
    "  --quick        shorter runs, and 3 rounds unless told otherwise: a look, no verdict\n"
    "  --seed N       repeats an order of runs (by chance)\n"
    "\n"
    "Exit codes: 0 every limit is met; 1 a run failed; 2 wrong usage; 4 a limit is missed;\n"
    "5 a limit could not be checked\n"
    "\n"
    "Examples:\n"
    "  seam --counts\n"
    "  seam --model epoll --rounds 0 --counts\n";

struct Options {
  std::vector<std::string> models;
  RaceOptions race;
  CountOptions count;
  bool counts = false;
};

constexpr Program program{"seam"};

Options parse(int argc, char** argv) {
  Options options;
  options.race.seed = std::random_device()();
  bool quick = false;
  bool rounds_given = false;
  const option known[] = {{"model", required_argument, nullptr, 'm'},
                          {"rounds", required_argument, nullptr, 'r'},
                          {"counts", no_argument, nullptr, 'c'},
                          {"quick", no_argument, nullptr, 'q'},
                          {"seed", required_argument, nullptr, 's'},
                          {"help", no_argument, nullptr, 'h'},
                          {nullptr, 0, nullptr, 0}};
  for (int given = 0; (given = ::getopt_long(argc, argv, "m:h", known, nullptr)) != -1;) {
    const std::string text = optarg != nullptr ? optarg : "";
    if (given == 'h') {
      fmt::print("{}", usage);
      std::exit(0);
    }
    if (given == '?') program.refuse("wrong usage");
    if (given == 'm' && text != "iterative" && text != "thread" && text != "epoll") {
      program.refuse(fmt::format("no twin by hand of model '{}': iterative, thread, epoll", text));
    }
    if (given == 'm') options.models.push_back(text);
    if (given == 'r') options.race.rounds = program.number("--rounds", text.c_str(), 0);
    if (given == 's') options.race.seed = program.number("--seed", text.c_str(), 0);
    rounds_given = rounds_given || given == 'r';
    options.counts = options.counts || given == 'c';
    quick = quick || given == 'q';
  }
  if (optind < argc) program.refuse(fmt::format("'{}' means nothing here", argv[optind]));
  if (options.models.empty()) options.models = {"iterative", "thread", "epoll"};
  if (quick) {
    options.race.window = std::chrono::milliseconds(300);
    options.count.requests = 500;
    if (!rounds_given) options.race.rounds = 3;
  }
  if (options.race.rounds == 0 && !options.counts)
    program.refuse("--rounds 0 without --counts is nothing");
  return options;
}

void said_all() {
  if (::isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\r\033[K");
}

void add_cpu(std::vector<Finding>& findings, const std::string& subject, const Lap& lap,
             const Lap* twin) {
  const lab::Figure value = median(lap.cpu_ns_per_request) / 1000;
  Finding finding{subject, lap.contestant, "server CPU, us/request", value, 2, "", {}, {}};
  if (twin != nullptr) {
    const Ratio found = ratio(lap.cpu_ns_per_request, twin->cpu_ns_per_request);
    if (found.median.known()) {
      finding.beside = fmt::format("{:.3f}x ({:.3f} to {:.3f})", found.median.value_or(0),
                                   found.low, found.high);
    }
    finding.compared = found.median;
    finding.limit_max = cpu_ratio_max;
    finding.limit = fmt::format("at most {:.2f}x", cpu_ratio_max);
  }
  findings.push_back(finding);
}

std::string difference(const lab::Figure& more) {
  return more.known() ? fmt::format("{:+.3f}", more.value_or(0)) : "";
}

void add_calls(std::vector<Finding>& findings, const std::string& subject, const Lap& lap,
               const Lap* twin) {
  const lab::Figure apart = median(lap.system_calls_per_request);
  Finding free{subject, lap.contestant, "system calls/request, a CPU each", apart, 3, "", {}, {}};
  const lab::Figure value = median(lap.system_calls_on_one_cpu);
  Finding held{subject, lap.contestant, "system calls/request, on one CPU", value, 3, "", {}, {}};
  if (twin != nullptr) {
    free.beside = difference(apart - median(twin->system_calls_per_request));
    const lab::Figure more = value - median(twin->system_calls_on_one_cpu);
    held.beside = difference(more);
    held.compared = more.known() ? lab::Figure(std::abs(more.value_or(0))) : more;
    held.limit_max = calls_difference_max;
    held.limit = fmt::format("within {:.2f}", calls_difference_max);
  }
  findings.push_back(free);
  findings.push_back(held);
}

void run_race(const std::string& model, const RaceOptions& options, std::vector<Finding>& findings,
              std::size_t& runs, std::size_t& disturbed_runs) {
  const Race result = race(model, options, say);
  const std::string subject = fmt::format("{}, {} connection{}", model, result.connections,
                                          result.connections == 1 ? "" : "s");
  for (const auto add : {add_cpu, add_calls}) {
    const Lap* twin = nullptr;  // the first one is the twin
    for (const Lap& lap : result.laps) {
      add(findings, subject, lap, twin);
      twin = &result.laps.front();
    }
  }
  runs += result.runs;
  disturbed_runs += result.disturbed_runs;
}

void count_model(const std::string& model, const CountOptions& options,
                 std::vector<Finding>& findings) {
  const bool limited = model != "iterative";
  lab::Figure twin;
  for (const lab::Contestant& each : contestants(model)) {
    say(fmt::format("{}, user instructions: {}", model, each.name));
    const lab::Figure value = instructions_per_request(each.argv, options);
    Finding finding{
        model + ", 1 connection", each.name, "user instructions/request", value, 0, "", {}, {}};
    const bool is_twin = each.name == "by hand";
    if (is_twin) twin = value;
    finding.compared = is_twin ? value : value / twin;
    if (!is_twin && finding.compared.known()) {
      finding.beside = fmt::format("{:.3f}x ({:+.0f})", finding.compared.value_or(0),
                                   (value - twin).value_or(0));
    }
    // The limit is on the seam; an idle timeout buys something for its clock reading.
    if (limited && (is_twin || each.name == "weir")) {
      finding.limit_max = is_twin ? twin_instructions_max : instructions_ratio_max;
      finding.limit = is_twin ? fmt::format("at most {:.0f}", twin_instructions_max)
                              : fmt::format("at most {:.2f}x", instructions_ratio_max);
    }
    findings.push_back(finding);
  }
}

void count_codec(CountOptions options, std::vector<Finding>& findings) {
  say("the codec, user instructions");
  options.function = "weir::framed::Codec::transform*";
  findings.push_back({"the codec alone",
                      "weir",
                      "user instructions/request",
                      instructions_per_request(serve_command("epoll", {}), options),
                      0,
                      "",
                      {},
                      {}});
}

int bench(const Options& options) {
  std::vector<Finding> findings;
  std::size_t runs = 0;
  std::size_t disturbed_runs = 0;
  for (const std::string& model : options.models) {
    if (options.race.rounds > 0) run_race(model, options.race, findings, runs, disturbed_runs);
    if (options.counts) count_model(model, options.count, findings);
  }
  if (options.counts) count_codec(options.count, findings);
  said_all();
  fmt::print("{}", table(findings));
  if (runs > 0) {
    fmt::print("{} rounds of {} ms, seed {}; {}\n", options.race.rounds,
               options.race.window.count(), options.race.seed,
               lab::placement_text(lab::describe_machine()));
  }
  if (disturbed_runs > 0) {
    fmt::print(
        "{} of {} runs were disturbed by other programs: believe the counts, and repeat the "
        "rest when the machine is quiet\n",
        disturbed_runs, runs);
  }
  return exit_code(findings);
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) {
  const auto options = weir::bench::parse(argc, argv);
  try {
    return weir::bench::bench(options);
  } catch (const std::exception& error) {
    weir::bench::said_all();
    fmt::print(stderr, "seam: {}\n", error.what());
    return 1;
  }
}
