// Rounds in which each price has its turn, so that all of them see the machine at the same speeds.
#include <algorithm>
#include <cmath>
#include <ctime>
#include <optional>
#include <sched.h>
#include <sys/resource.h>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "lab/machine.hpp"
#include "lab/statistics.hpp"
#include "prices/probe.hpp"

namespace weir::prices {
namespace {

constexpr std::uint64_t times_max = std::uint64_t{1} << 30;

std::vector<Probe> all_probes() {
  std::vector<Probe> all;
  const auto add = [&all](std::vector<Probe> more) {
    for (Probe& probe : more) all.push_back(std::move(probe));
  };
  add(call_probes());
  add(exchange_probes());
  add({ring_probe()});
  add(carrier_probes());
  add(seam_probes());
  add({fiber_probe()});
  add(switch_probes());
  add(life_probes());
  return all;
}

/// Keeps the calling thread on one CPU while it lives.
class Pinned {
 public:
  explicit Pinned(const lab::Machine& machine) {
    CPU_ZERO(&before_);
    if (::sched_getaffinity(0, sizeof(before_), &before_) != 0) return;
    const int cpu = machine.server_cpus.empty() ? ::sched_getcpu() : machine.server_cpus.front();
    try {
      pin_to(cpu);
    } catch (const std::system_error&) {
      return;  // the prices that need it say so
    }
    place.cpu = cpu;
    if (!machine.generator_cpus.empty()) place.other = machine.generator_cpus.front();
  }
  ~Pinned() {
    if (place.cpu >= 0) ::sched_setaffinity(0, sizeof(before_), &before_);
  }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;

  Place place;

 private:
  cpu_set_t before_{};
};

/// A price that is being measured.
class Measured {
 public:
  Measured(const Probe& probe, const Place& place) {
    price.item = probe.item;
    attempt([&] { run_ = probe.prepare(place); });
  }

  /// Finds out how often it can be done within `slice_ns`. The first times don't count: they fill
  /// caches and make pages.
  void calibrate(double slice_ns) {
    attempt([&] {
      std::uint64_t times = 1;
      double took_ns = run_(times);
      while (took_ns < slice_ns / 8 && times < times_max) {
        times *= 2;
        took_ns = run_(times);
      }
      const double fit = slice_ns / std::max(1.0, took_ns) * static_cast<double>(times);
      price.times = static_cast<std::uint64_t>(std::max(1.0, std::round(fit)));
    });
  }

  void measure_round() {
    attempt(
        [&] { price.rounds_ns.push_back(run_(price.times) / static_cast<double>(price.times)); });
  }

  Price finished() && {
    if (reason_)
      price.median_ns = price.min_ns = price.max_ns = lab::Figure::missing(*reason_);
    else
      summarize(price);
    return std::move(price);
  }

  Price price;

 private:
  template <class Act>
  void attempt(Act act) {
    if (reason_) return;
    try {
      act();
    } catch (const std::runtime_error& error) {
      reason_ = error.what();
      price.times = 0;
      price.rounds_ns.clear();
      run_ = nullptr;
    }
  }

  Run run_;
  std::optional<std::string> reason_;
};

std::vector<Probe> wanted(const std::vector<std::string>& only) {
  std::vector<Probe> probes = all_probes();
  const auto is_named = [&only](const Probe& probe) {
    return std::find(only.begin(), only.end(), probe.item.name) != only.end();
  };
  for (const std::string& name : only) {
    if (std::none_of(probes.begin(), probes.end(),
                     [&name](const Probe& probe) { return probe.item.name == name; })) {
      throw std::invalid_argument(fmt::format("there is no price '{}'", name));
    }
  }
  if (!only.empty()) {
    std::erase_if(probes, [&is_named](const Probe& probe) { return !is_named(probe); });
  }
  return probes;
}

}  // namespace

double clock_ns(clockid_t clock) {
  timespec time{};
  checked(::clock_gettime(clock, &time), "clock_gettime");
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

double cpu_ns() {
  rusage children{};
  checked(::getrusage(RUSAGE_CHILDREN, &children), "getrusage");
  const auto ns_of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_usec) * 1e3;
  };
  return clock_ns(CLOCK_PROCESS_CPUTIME_ID) + ns_of(children.ru_utime) + ns_of(children.ru_stime);
}

void pin_to(int cpu) {
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(static_cast<std::size_t>(cpu), &only);
  checked(::sched_setaffinity(0, sizeof(only), &only), "sched_setaffinity");
}

std::vector<Item> items() {
  std::vector<Item> all;
  for (const Probe& probe : all_probes()) all.push_back(probe.item);
  return all;
}

PriceList measure(const Options& options, const Progress& progress) {
  const std::vector<Probe> probes = wanted(options.only);
  const auto stopped = [&options] { return options.stop != nullptr && options.stop->load(); };
  const double slice_ns = static_cast<double>(options.slice.count());
  PriceList list;
  list.started = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  list.machine = lab::describe_machine();  // before this thread is pinned
  const lab::Awake awake(options.idle_cpus);
  list.machine.cpus_sleep = awake.why_not();
  list.rounds = options.rounds;
  list.slice_ms = slice_ns / 1e6;
  const double begin_ns = clock_ns(CLOCK_MONOTONIC);
  const auto elapsed_ns = [begin_ns] { return clock_ns(CLOCK_MONOTONIC) - begin_ns; };
  const Pinned pinned(list.machine);
  for (const int cpu : {pinned.place.cpu, pinned.place.other}) {
    if (cpu >= 0) list.cpus.push_back(cpu);
  }
  {
    std::vector<Measured> all;
    all.reserve(probes.size());
    for (const Probe& probe : probes) {
      all.emplace_back(probe, pinned.place);
      if (!stopped()) all.back().calibrate(slice_ns);
    }
    progress(0, options.rounds);
    for (std::size_t round = 1; round <= options.rounds && !stopped(); ++round) {
      if (elapsed_ns() > static_cast<double>(options.longest.count())) break;
      progress(round, options.rounds);
      for (Measured& each : all) {
        if (stopped()) break;
        each.measure_round();
      }
    }
    for (Measured& each : all) list.prices.push_back(std::move(each).finished());
  }
  list.interrupted = stopped();
  list.elapsed_s = elapsed_ns() / 1e9;
  conclude(list);
  return list;
}

void summarize(Price& price) {
  const std::vector<double>& rounds = price.rounds_ns;
  if (rounds.empty()) {
    price.median_ns = price.min_ns = price.max_ns = lab::Figure::missing("no round was finished");
    return;
  }
  price.median_ns = lab::median(rounds);
  price.min_ns = *std::min_element(rounds.begin(), rounds.end());
  price.max_ns = *std::max_element(rounds.begin(), rounds.end());
}

const Price* find(const PriceList& list, std::string_view name) {
  for (const Price& price : list.prices) {
    if (price.item.name == name) return &price;
  }
  return nullptr;
}

}  // namespace weir::prices
