// How much worse than the best what `weir compare --ask` recommends turns out to be: workloads drawn at
// random, each recommended for from a short run, and all candidates measured at length afterwards.
// What is done stays in a file, so that it can be stopped and gone on with.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <getopt.h>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "bench/executables.hpp"
#include "bench/program.hpp"
#include "core/random.hpp"
#include "lab/json.hpp"
#include "lab/process.hpp"

namespace weir::bench {
namespace {

constexpr double regret_max = 1.15;  // times the best
constexpr double good_share = 0.9;   // of the workloads

constexpr std::string_view usage =
    "How much worse than the best what compare --ask recommends is, for workloads drawn at random\n"
    "Usage: regret [--count N] [--seed N] [--file FILE]\n"
    "\n"
    "  --count N    how many workloads (50); each takes one to two minutes\n"
    "  --seed N     of the workloads (1)\n"
    "  --file FILE  where what is done stays, and is gone on with (regret.tsv)\n"
    "\n"
    "Exit codes: 0 it is within 1.15x of the best for 90 % of them; 1 a run failed; 2 wrong "
    "usage;\n"
    "4 it is not\n";

constexpr Program program{"regret"};

struct Options {
  std::size_t count = 50;
  std::uint64_t seed = 1;
  std::string file = "regret.tsv";
};

Options parse(int argc, char** argv) {
  const option known[] = {{"count", required_argument, nullptr, 'c'},
                          {"seed", required_argument, nullptr, 's'},
                          {"file", required_argument, nullptr, 'f'},
                          {"help", no_argument, nullptr, 'h'},
                          {nullptr, 0, nullptr, 0}};
  Options options;
  for (int given = 0; (given = ::getopt_long(argc, argv, "h", known, nullptr)) != -1;) {
    switch (given) {
      case 'h':
        fmt::print("{}", usage);
        std::exit(0);
      case 'c':
        options.count = program.number("--count", optarg, 1);
        break;
      case 's':
        options.seed = program.number("--seed", optarg, 0);
        break;
      case 'f':
        options.file = optarg;
        break;
      default:
        program.refuse("wrong usage");
    }
  }
  if (optind < argc) program.refuse(fmt::format("'{}' means nothing here", argv[optind]));
  return options;
}

/// The same workloads on every machine.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed) {}

  double uniform() { return static_cast<double>(random_.next() >> 11) * 0x1.0p-53; }
  /// From `least` to `most`, evenly over the powers.
  double power(double least, double most) { return least * std::pow(most / least, uniform()); }
  bool one_in_two() { return uniform() < 0.5; }

 private:
  Random random_;
};

/// The line for --ask of one workload.
std::string workload(std::uint64_t seed, std::size_t index) {
  Draw draw(seed * 1'000'003 + index);
  const double connections = std::round(draw.power(1, 5000));
  const double active = std::max(1.0, std::round(connections * draw.power(0.01, 1)));
  const double block_us = draw.one_in_two() ? std::round(draw.uniform() * 20'000) : 0;
  const double cpu_us = draw.one_in_two() ? std::round(draw.power(1, 2000)) : 0;
  const double reply_bytes = std::round(draw.power(64, 65'536));
  std::string ask = fmt::format("connections={:.0f} active={:.0f}", connections, active);
  if (block_us > 0) ask += fmt::format(" block={:.0f}us", block_us);
  if (cpu_us > 0) ask += fmt::format(" cpu={:.0f}us", cpu_us);
  ask += fmt::format(" reply={:.0f}B", reply_bytes);
  if (draw.one_in_two()) return ask + " by=rate";
  // A third of what one CPU can do, or of what those who ask can.
  const double by_cpu = 1e6 / (3 * (cpu_us + 40 + reply_bytes / 500));
  const double by_clients = active * 1e6 / (3 * (block_us + cpu_us + 300));
  const double rate = std::max(60.0, std::round(std::min(by_cpu, by_clients)));
  return ask + fmt::format(" rate={:.0f} by={}", rate, rate >= 4000 ? "p99" : "p50");
}

lab::Json compare(const std::string& ask, const std::vector<std::string>& effort) {
  std::vector<std::string> words{executable("weir"), "compare", "--ask",    ask, "-q",
                                 "--json",           "-",       "--report", ""};
  words.insert(words.end(), effort.begin(), effort.end());
  lab::Process process = lab::Process::start(words);
  const std::string text = process.read_output_all();
  if (process.wait() != 0) {
    throw std::runtime_error(fmt::format("compare --ask '{}': {}", ask, process.take_errors()));
  }
  return lab::Json::parse(text).at("scenarios").elements().at(0);
}

struct Outcome {
  std::string took;
  std::string best;
  double times = 0;  // what was taken is so many times worse; 0: that is not known
  double floor = 0;  // what differs by less can't be told apart at length either; 0: unknown
  std::string why;   // there is no such figure

  bool good() const { return times > 0 && times <= regret_max; }
  bool told_apart() const { return floor > 0 && times > floor; }
};

/// By the estimates over the blocks of who was measured at length.
Outcome judge(const std::string& took, const lab::Json& scenario) {
  Outcome outcome{took, "", 0, scenario.at("noise_floor").number_or(0), ""};
  for (const lab::Json& finding : scenario.at("findings").elements()) {
    const double times = finding.at("to_best").number_or(0);
    const std::string name = finding.at("contestant").text_or("");
    if (times <= 0) {
      if (name == took) outcome.why = finding.at("note").text_or("");
      continue;
    }
    if (name == took) outcome.times = times;
    if (times <= 1 && outcome.best.empty()) outcome.best = name;
  }
  return outcome;
}

struct Line {
  std::string ask;
  Outcome outcome;
};

std::map<std::size_t, Line> done_before(const std::string& path) {
  std::map<std::size_t, Line> lines;
  std::ifstream file(path);
  for (std::string text; std::getline(file, text);) {
    std::istringstream in(text);
    std::string index;
    std::string times;
    std::string floor;
    Line line;
    std::getline(in, index, '\t');
    std::getline(in, line.ask, '\t');
    std::getline(in, line.outcome.took, '\t');
    std::getline(in, line.outcome.best, '\t');
    std::getline(in, times, '\t');
    std::getline(in, floor, '\t');
    std::getline(in, line.outcome.why, '\t');
    line.outcome.times = std::strtod(times.c_str(), nullptr);
    line.outcome.floor = std::strtod(floor.c_str(), nullptr);
    lines[std::strtoull(index.c_str(), nullptr, 10)] = line;
  }
  return lines;
}

Line measure(const std::string& ask) {
  const lab::Json soon = compare(ask, {"--quick"});
  const lab::Json at_length = compare(ask, {"--blocks", "4", "--seed", "2"});
  return {ask, judge(soon.at("recommended").text_or(""), at_length)};
}

std::string or_nobody(const std::string& name) {
  return name.empty() ? "nobody" : name;
}

std::string or_dash(const std::string& why) {
  return why.empty() ? "-" : why;
}

std::string ratio_text(double ratio, const std::string& otherwise) {
  return ratio > 0 ? fmt::format("{:.2f}x", ratio) : otherwise;
}

int tell(const std::map<std::size_t, Line>& lines) {
  fmt::print(
      "| workload | recommended | best at length | times the best | noise floor |\n"
      "|---|---|---|---:|---:|\n");
  std::size_t good = 0;
  std::size_t further = 0;
  std::size_t counted = 0;
  for (const auto& [index, line] : lines) {
    const Outcome& outcome = line.outcome;
    fmt::print("| `{}` | {} | {} | {} | {} |\n", line.ask, or_nobody(outcome.took),
               or_nobody(outcome.best), ratio_text(outcome.times, or_dash(outcome.why)),
               ratio_text(outcome.floor, "-"));
    if (outcome.best.empty()) continue;
    ++counted;
    if (outcome.good()) ++good;
    if (!outcome.good() && outcome.told_apart()) ++further;
  }
  fmt::print("\n{} of {} within {}x of the best; {} further off, and beyond the noise floor.\n",
             good, counted, regret_max, further);
  const bool met = static_cast<double>(good) >= good_share * static_cast<double>(counted);
  return met ? 0 : 4;
}

int run(const Options& options) {
  std::map<std::size_t, Line> lines = done_before(options.file);
  std::ofstream file(options.file, std::ios::app);
  for (std::size_t i = 0; i < options.count; ++i) {
    const std::string ask = workload(options.seed, i);
    if (const auto known = lines.find(i); known != lines.end()) {
      if (known->second.ask == ask) continue;
      program.refuse(fmt::format("{} is of other workloads; name another --file", options.file));
    }
    say(fmt::format("workload {} of {}: {}", i + 1, options.count, ask));
    lines[i] = measure(ask);
    const Outcome& outcome = lines[i].outcome;
    file << fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\n", i, ask, outcome.took, outcome.best,
                        outcome.times, outcome.floor, outcome.why)
         << std::flush;
    if (!file) throw std::runtime_error(fmt::format("can't write {}", options.file));
  }
  return tell(lines);
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) {
  try {
    return weir::bench::run(weir::bench::parse(argc, argv));
  } catch (const std::exception& error) {
    fmt::print(stderr, "regret: {}\n", error.what());
    return 1;
  }
}
