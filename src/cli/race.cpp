// weir race: the models side by side, as they go.
#include "cli/race.hpp"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "cli/experiments.hpp"
#include "cli/failure.hpp"
#include "cli/load.hpp"
#include "cli/model_table.hpp"
#include "cli/output.hpp"
#include "lab/cell.hpp"
#include "lab/format.hpp"
#include "lab/json.hpp"
#include "lab/machine.hpp"

namespace weir::cli {
namespace {

constexpr std::chrono::milliseconds turn{300};  // so long is measured of each
constexpr std::size_t bar_width = 40;

struct Racer {
  std::string name;
  double answers = 0;
  double window_ns = 0;
  double cpu_ns = 0;
  double unserved = 0;  // the most in a turn
  std::string failure;

  /// Answers that a second of the server's CPU time makes: what the bars show. The rate would show
  /// the load generator's limit under all models that are fast.
  double per_cpu_s() const { return cpu_ns > 0 ? answers * 1e9 / cpu_ns : 0; }
  double rate() const { return window_ns > 0 ? answers * 1e9 / window_ns : 0; }
};

void add_turn(Racer& racer, const lab::Cell& cell) {
  if (!cell.failure.empty()) {
    racer.failure = cell.failure;
    return;
  }
  racer.answers += cell.requests.value_or(0);
  racer.window_ns += cell.window_ns;
  racer.cpu_ns += cell.server.cpu_ns.value_or(0);
  racer.unserved = std::max(racer.unserved, cell.unserved.value_or(0));
}

std::string bar_of(const Racer& racer, double most) {
  const double share = most > 0 ? racer.per_cpu_s() / most : 0;
  return std::string(static_cast<std::size_t>(share * bar_width + 0.5), '#');
}

std::string line_of(const Racer& racer, double most, std::size_t width) {
  if (racer.answers == 0) {
    const std::string& why = racer.failure;
    return fmt::format("{:<{}}  {}", racer.name, width, why.empty() ? "not yet" : why);
  }
  std::string line = fmt::format("{:<{}}  {:<{}}  {:>8}  {:>8} us  {:>8}", racer.name, width,
                                 bar_of(racer, most), bar_width, lab::rate_text(racer.per_cpu_s()),
                                 lab::microseconds_text(racer.cpu_ns / racer.answers),
                                 lab::rate_text(racer.rate()));
  if (racer.unserved > 0) line += fmt::format("  {:.0f} never served", racer.unserved);
  return line;
}

std::vector<std::string> picture(const std::vector<Racer>& racers) {
  std::size_t width = 5;
  double most = 0;
  for (const Racer& racer : racers) {
    width = std::max(width, racer.name.size());
    most = std::max(most, racer.per_cpu_s());
  }
  std::vector<std::string> lines{fmt::format("{:<{}}  {:<{}}  {:>8}  {:>11}  {:>8}", "", width,
                                             "answers for a second of server CPU", bar_width, "",
                                             "a request", "rate")};
  for (const Racer& racer : racers) lines.push_back(line_of(racer, most, width));
  return lines;
}

/// Draws over what it has drawn before, where that can be done.
class Show {
 public:
  explicit Show(bool wanted) : wanted_(wanted && progress_wanted()) {}

  void draw(const std::vector<std::string>& lines) {
    if (!wanted_) return;
    if (drawn_ > 0) fmt::print(stderr, "\x1b[{}A", drawn_);
    for (const std::string& line : lines) fmt::print(stderr, "\r\x1b[K{}\n", line);
    std::fflush(stderr);
    drawn_ = lines.size();
  }
  /// What was drawn is taken away: the result comes in its place.
  void clear() {
    if (drawn_ > 0) fmt::print(stderr, "\x1b[{}A\x1b[J", drawn_);
    drawn_ = 0;
  }
  bool live() const { return wanted_; }

 private:
  const bool wanted_;
  std::size_t drawn_ = 0;
};

lab::CompareOptions to_lab(const Service& service, const RaceOptions& options) {
  const CompareOptions& compare = options.compare;
  std::vector<std::string> names = compare.models;
  if (names.empty()) names = that_can_run(service, model_names());
  for (const std::string& name : names) check_model(service, name);
  lab::CompareOptions lab = common_options(service, compare);
  lab.serve_words = compare.serve_words;
  lab.contestants = lab::models(lab, names);
  lab.reference = names.front();
  lab.connections = {options.connections};
  lab.window = turn;
  lab.blocks = options.rounds;
  lab.lanes = false;
  return lab;
}

std::string to_json(const std::vector<Racer>& racers, const RaceOptions& options,
                    const std::string& cpus_sleep) {
  using lab::Json;
  Json list = Json::array();
  for (const Racer& racer : racers) {
    Json each;
    each.set("model", racer.name);
    each.set("answers", racer.answers);
    each.set("answers_per_cpu_s", racer.per_cpu_s());
    each.set("throughput_rps", racer.rate());
    each.set("unserved", racer.unserved);
    if (!racer.failure.empty()) each.set("failure", racer.failure);
    list.push(std::move(each));
  }
  Json json;
  json.set("schema", "weir.race/1");
  json.set("cpus_sleep", cpus_sleep);
  json.set("connections", static_cast<double>(options.connections));
  json.set("rounds", static_cast<double>(options.rounds));
  json.set("racers", std::move(list));
  return json.dump(2) + "\n";
}

/// Where nothing can be drawn over: how far the one has come whose turn it was.
void tell_turn(const std::vector<Racer>& racers, const lab::PlannedCell& cell, std::size_t rounds) {
  fmt::print(stderr, "round {}/{}: {}\n", cell.block + 1, rounds,
             picture(racers)[cell.contestant + 1]);
}

void take_turns(const lab::CompareOptions& lab, const lab::Machine& machine,
                std::vector<Racer>& racers, bool quiet) {
  Show show(!quiet);
  for (const lab::PlannedCell& cell : lab::plan(lab).cells) {
    if (cell.twin) continue;
    show.draw(picture(racers));
    const lab::Cell ran = lab::run_cell(lab, machine, cell);
    if (lab.stopped()) break;
    add_turn(racers[cell.contestant], ran);
    if (!quiet && !show.live()) tell_turn(racers, cell, lab.blocks);
  }
  show.clear();
}

}  // namespace

int race(const Service& service, const RaceOptions& options) {
  need_exchanges(service);
  lab::CompareOptions lab = to_lab(service, options);
  lab.stop = &stop_on_signals();
  std::vector<Racer> racers;
  for (const lab::Contestant& contestant : lab.contestants) {
    racers.push_back({contestant.name, 0, 0, 0, 0, ""});
  }
  const std::string& json = options.compare.json;
  lab::Machine machine = lab::describe_machine();
  const lab::Awake awake(lab.idle_cpus);
  machine.cpus_sleep = awake.why_not();
  take_turns(lab, machine, racers, options.compare.quiet || json == "-");
  std::stable_sort(racers.begin(), racers.end(), [](const Racer& left, const Racer& right) {
    return left.per_cpu_s() > right.per_cpu_s();
  });
  if (!json.empty()) write_output(json, to_json(racers, options, machine.cpus_sleep));
  if (json != "-") {
    for (const std::string& line : picture(racers)) fmt::print("{}\n", line);
    fmt::print("A race shows; what can be told apart, weir compare --sweep tells ({}).\n",
               lab::idle_text(machine));
  }
  return lab.stopped() ? interrupted : done;
}

}  // namespace weir::cli
