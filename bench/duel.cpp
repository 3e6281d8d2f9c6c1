#include "bench/duel.hpp"

#include <algorithm>
#include <csignal>
#include <random>
#include <sstream>
#include <stdexcept>
#include <unistd.h>

#include <fmt/format.h>

#include "bench/executables.hpp"
#include "bench/wrk.hpp"
#include "lab/awake.hpp"
#include "lab/cell.hpp"
#include "lab/machine.hpp"
#include "lab/meter.hpp"
#include "lab/process.hpp"

namespace weir::bench {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds drain_timeout{10'000};
constexpr int tries_max = 4;

std::vector<std::string> load_command(const lab::Server& server, std::size_t connections,
                                      milliseconds window, milliseconds warm_up,
                                      const DuelOptions& options) {
  std::vector<std::string> command{
      executable("weir"),
      "load",
      fmt::format("{}://{}:{}{}", options.service, server.host, server.port, options.path),
      "-c",
      std::to_string(connections),
      "-d",
      fmt::format("{}ms", window.count()),
      "--warmup",
      fmt::format("{}ms", warm_up.count()),
      "--server-pid",
      std::to_string(server.process.pid()),
      "--json",
      "-"};
  if (options.churn) command.emplace_back("--churn");
  return command;
}

/// What one contestant used in a round.
struct Sum {
  double cpu_ns = 0;
  double requests = 0;
  std::vector<lab::Figure> system_calls_per_request;
};

void end_server(lab::Server& server, const std::string& name, const Starter& starter) {
  server.process.signal(SIGTERM);
  const auto code = server.process.wait_for(drain_timeout);
  if (!code || !starter.ended_well(*code)) {
    throw std::runtime_error(name + ": the server did not end in good order");
  }
}

/// What a server behind the contestants uses of the machine's CPU time from now on.
class Behind {
 public:
  explicit Behind(std::optional<pid_t> pid) : pid_(pid), used_before_ns_(used_ns()) {}

  double cpu_share() const {
    const std::chrono::duration<double, std::nano> passed = Clock::now() - begin_;
    const auto cpus = static_cast<double>(::sysconf(_SC_NPROCESSORS_ONLN));
    return (used_ns() - used_before_ns_) / (passed.count() * cpus);
  }

 private:
  using Clock = std::chrono::steady_clock;

  double used_ns() const { return pid_ ? lab::ProcessMeter(*pid_).times().cpu_ns.value_or(0) : 0; }

  std::optional<pid_t> pid_;
  Clock::time_point begin_ = Clock::now();
  double used_before_ns_;
};

class Round {
 public:
  Round(const std::vector<lab::Contestant>& contestants, const lab::Machine& machine,
        const Starter& starter)
      : contestants_(contestants), machine_(machine), starter_(starter), sums_(contestants.size()) {
    for (const lab::Contestant& each : contestants) {
      servers_.push_back(starter.start(each, {machine.server_cpus, {}}));
    }
  }

  /// One slice of load on one contestant. A thousand processes, just made on a busy machine, may take
  /// longer than that to answer anything: then it is repeated with twice the warm-up and twice the
  /// length, a few times. Returns whether other programs disturbed it.
  bool run(std::size_t index, std::size_t connections, const DuelOptions& options) {
    if (options.pipelined > 0) return run_wrk(index, connections, options);
    const std::string& name = contestants_[index].name;
    lab::Cell cell = load(index, connections, options.slice, options.warm_up, options);
    for (int i = 1; i < tries_max && cell.requests.known() && cell.requests.value_or(0) == 0; ++i) {
      cell =
          load(index, connections, options.slice * (1 << i), options.warm_up * (1 << i), options);
      ++repeated_;
    }
    cell.verdict = lab::judge(cell, lab::placement_of(machine_));
    if (cell.verdict.limit == lab::Limit::invalid) {
      throw std::runtime_error(name + ": " + cell.verdict.words);
    }
    if (!cell.server.cpu_ns.known()) throw std::runtime_error(cell.server.cpu_ns.reason());
    sums_[index].cpu_ns += cell.server.cpu_ns.value_or(0);
    sums_[index].requests += cell.requests.value_or(0);
    sums_[index].system_calls_per_request.push_back(cell.server.system_calls_per_request);
    return cell.verdict.noisy;
  }

  const Sum& sum(std::size_t index) const { return sums_[index]; }
  std::size_t repeated() const { return repeated_; }

  void end() {
    for (std::size_t i = 0; i < servers_.size(); ++i)
      end_server(servers_[i], contestants_[i].name, starter_);
  }

 private:
  /// wrk doesn't tell what else was going on.
  bool run_wrk(std::size_t index, std::size_t connections, const DuelOptions& options) {
    const WrkFigures figures = load_with_wrk(
        servers_[index],
        {options.path, connections, options.pipelined, {machine_.generator_cpus, {}}});
    if (!figures.cpu_ns.known()) throw std::runtime_error(figures.cpu_ns.reason());
    sums_[index].cpu_ns += figures.cpu_ns.value_or(0);
    sums_[index].requests += figures.requests;
    sums_[index].system_calls_per_request.push_back(
        lab::Figure::missing("system calls are not counted while wrk makes the load"));
    return false;
  }

  lab::Cell load(std::size_t index, std::size_t connections, milliseconds window,
                 milliseconds warm_up, const DuelOptions& options) const {
    lab::Process process =
        lab::Process::start(load_command(servers_[index], connections, window, warm_up, options),
                            {machine_.generator_cpus, {}});
    const Behind behind(options.behind);
    lab::Cell cell;
    cell.connections = connections;
    try {
      lab::read_load(cell, process.read_output_all());
      lab::take_out(cell.server.foreign_cpu_share, behind.cpu_share());
    } catch (const std::exception& error) {
      throw std::runtime_error(contestants_[index].name + ": " + error.what() + "; " +
                               process.take_errors());
    }
    return cell;
  }

  const std::vector<lab::Contestant>& contestants_;
  const lab::Machine& machine_;
  const Starter& starter_;
  std::vector<lab::Server> servers_;
  std::vector<Sum> sums_;
  std::size_t repeated_ = 0;
};

}  // namespace

Duel duel(const std::vector<lab::Contestant>& contestants, std::size_t connections,
          const DuelOptions& options, const Say& say) {
  const lab::Machine machine = lab::describe_machine();
  const lab::Awake awake(lab::IdleCpus::kept_awake);
  Duel result;
  for (const lab::Contestant& each : contestants) result.laps.push_back({each.name, {}, {}, {}});
  std::mt19937_64 random(options.seed);
  std::vector<std::size_t> order(contestants.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  for (std::size_t number = 0; number < options.rounds; ++number) {
    Round round(contestants, machine, options.starter);
    std::rotate(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(random() % order.size()),
                order.end());
    for (std::size_t slice = 0; slice < options.slices; ++slice) {
      for (const std::size_t index : order) {
        say(fmt::format("{} connections, round {} of {}: {}", connections, number + 1,
                        options.rounds, contestants[index].name));
        ++result.runs;
        if (round.run(index, connections, options)) ++result.disturbed_runs;
      }
      std::reverse(order.begin(), order.end());
    }
    round.end();
    result.repeated_runs += round.repeated();
    for (std::size_t i = 0; i < contestants.size(); ++i) {
      const Sum& sum = round.sum(i);
      Lap& lap = result.laps[i];
      lap.cpu_ns_per_request.push_back(sum.requests > 0
                                           ? lab::Figure(sum.cpu_ns / sum.requests)
                                           : lab::Figure::missing("nothing was answered"));
      lap.system_calls_per_request.push_back(median(sum.system_calls_per_request));
    }
  }
  return result;
}

namespace {

/// What strace(1) counts in a second and a half of this process. Throws std::system_error when there
/// is no strace.
std::vector<CallShare> traced(pid_t pid, const lab::Machine& machine) {
  lab::Process strace =
      lab::Process::start({"strace", "-c", "-f", "-U", "calls,name", "-p", std::to_string(pid)},
                          {machine.generator_cpus, {}});
  strace.wait_for(milliseconds(1500));
  strace.signal(SIGINT);  // it detaches and reports
  strace.wait();
  std::vector<CallShare> shares;
  double all = 0;
  while (const auto line = strace.read_error_line(milliseconds(2000))) {
    std::istringstream words(*line);
    CallShare call;
    if (!(words >> call.share >> call.name) || call.name == "total") continue;
    all += call.share;
    shares.push_back(call);
  }
  for (CallShare& call : shares) call.share /= all;
  return shares;
}

}  // namespace

std::vector<CallShare> calls_by_name(const lab::Contestant& contestant, std::size_t connections) {
  const lab::Machine machine = lab::describe_machine();
  lab::Server server = lab::start_server(contestant.argv, {machine.server_cpus, {}});
  lab::Process load = lab::Process::start(
      load_command(server, connections, milliseconds(6000), milliseconds(1000), {}),
      {machine.generator_cpus, {}});
  load.read_error_line(milliseconds(1500));  // it says nothing: by then it is under way
  std::vector<CallShare> shares;
  try {
    // Being traced makes the server slower, so that more arrives at once and it takes more memory
    // than before. The second time that is over.
    traced(server.process.pid(), machine);
    shares = traced(server.process.pid(), machine);
  } catch (const std::system_error&) {
    shares.clear();  // no strace here
  }
  load.read_output_all();
  end_server(server, contestant.name, {});
  return shares;
}

}  // namespace weir::bench
