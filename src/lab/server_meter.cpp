#include "lab/server_meter.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <time.h>
#include <unistd.h>

#include "lab/json.hpp"

namespace weir::lab {
namespace {

constexpr double connections_min = 16;

Figure own_cpu_ns() {
  timespec time{};
  if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) != 0) {
    return Figure::missing("no process CPU clock");
  }
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

// Differences of counters of living threads: a thread that ended took its count along.
Figure counted_between(const Sample& begin, const Sample& end, Figure Sample::*counter) {
  const Figure difference = end.*counter - begin.*counter;
  if (difference.known() && any_ended(begin, end)) {
    return Figure::missing("threads or processes ended during the window");
  }
  return difference;
}

double memory_of(const Sample& sample) {
  return sample.user_bytes.value_or(0) + sample.kernel_stack_bytes.value_or(0) +
         sample.page_table_bytes.value_or(0);
}

Figure not_negative(const Figure& figure) {
  return figure.known() ? Figure(std::max(0.0, figure.value_or(0))) : figure;
}

}  // namespace

ServerMeter::ServerMeter(pid_t pid) : meter_(pid), pid_(pid) {}

void ServerMeter::before_connections() {
  idle_ = meter_.sample();
}

// Whom nobody greets may be connected before there is a thread or a process for it.
void ServerMeter::connected(std::size_t connections) {
  constexpr int looks_max = 10;
  constexpr std::chrono::milliseconds between{20};
  connections_ = static_cast<double>(connections);
  full_ = meter_.sample();
  for (int looks = 1; looks < looks_max; ++looks) {
    std::this_thread::sleep_for(between);
    const double before = memory_of(full_);
    full_ = meter_.sample();
    if (memory_of(full_) <= 1.01 * before) return;
  }
}

// The clocks are read innermost: walking /proc costs time of its own, which belongs to no window.
void ServerMeter::window_begin() {
  begin_ = meter_.times();
  machine_begin_ = sample_machine();
  own_begin_ns_ = own_cpu_ns();
}

void ServerMeter::window_end() {
  own_end_ns_ = own_cpu_ns();
  machine_end_ = sample_machine();
  end_ = meter_.times();
}

void ServerMeter::count_begin() {
  counter_ = std::make_shared<SyscallCounter>(pid_);
}

void ServerMeter::count_end() {
  if (counter_) counted_calls_ = counter_->count();
  counter_.reset();
}

ServerFigures ServerMeter::figures(double requests, double counted_requests,
                                   double window_ns) const {
  const Figure answered = requests > 0 ? Figure(requests) : Figure::missing("no request answered");
  const Figure counted = counted_requests > 0
                             ? Figure(counted_requests)
                             : Figure::missing("no request answered while counting");
  const Figure held = connections_ >= connections_min
                          ? Figure(connections_)
                          : Figure::missing("too few connections to tell");
  ServerFigures result;
  result.pid = pid_;
  result.threads = end_.threads;
  result.cpu_ns = end_.cpu_ns - begin_.cpu_ns;
  result.cpu_ns_per_request = result.cpu_ns / answered;
  result.utilisation = result.cpu_ns / Figure(window_ns);
  result.run_queue_wait_ns = counted_between(begin_, end_, &Sample::run_queue_wait_ns);
  result.voluntary_switches_per_request =
      counted_between(begin_, end_, &Sample::voluntary_switches) / answered;
  result.involuntary_switches_per_request =
      counted_between(begin_, end_, &Sample::involuntary_switches) / answered;
  result.system_calls_per_request = counted_calls_ / counted;
  result.user_bytes_per_connection = not_negative(full_.user_bytes - idle_.user_bytes) / held;
  result.kernel_stack_bytes_per_connection =
      not_negative(full_.kernel_stack_bytes - idle_.kernel_stack_bytes) / held;
  result.page_table_bytes_per_connection =
      not_negative(full_.page_table_bytes - idle_.page_table_bytes) / held;
  const Figure all_ns = window_ns * static_cast<double>(sysconf(_SC_NPROCESSORS_ONLN));
  result.steal_share = (machine_end_.steal_ns - machine_begin_.steal_ns) / all_ns;
  result.server_cpus_steal_share =
      steal_share(machine_begin_, machine_end_, cpus_of(pid_), window_ns);
  result.own_cpus_steal_share = steal_share(machine_begin_, machine_end_, cpus_of(0), window_ns);
  result.foreign_cpu_share = not_negative(machine_end_.busy_ns - machine_begin_.busy_ns -
                                          result.cpu_ns - (own_end_ns_ - own_begin_ns_)) /
                             all_ns;
  return result;
}

std::string to_json(const ServerFigures& figures) {
  Json json = Json::object();
  json.set("pid", static_cast<double>(figures.pid));
  json.set("threads", figures.threads);
  json.set("cpu_ns", figures.cpu_ns);
  json.set("cpu_ns_per_request", figures.cpu_ns_per_request);
  json.set("utilisation", figures.utilisation);
  json.set("run_queue_wait_ns", figures.run_queue_wait_ns);
  json.set("voluntary_switches_per_request", figures.voluntary_switches_per_request);
  json.set("involuntary_switches_per_request", figures.involuntary_switches_per_request);
  json.set("system_calls_per_request", figures.system_calls_per_request);
  json.set("user_bytes_per_connection", figures.user_bytes_per_connection);
  json.set("kernel_stack_bytes_per_connection", figures.kernel_stack_bytes_per_connection);
  json.set("page_table_bytes_per_connection", figures.page_table_bytes_per_connection);
  json.set("foreign_cpu_share", figures.foreign_cpu_share);
  json.set("steal_share", figures.steal_share);
  json.set("server_cpus_steal_share", figures.server_cpus_steal_share);
  json.set("own_cpus_steal_share", figures.own_cpus_steal_share);
  return json.dump(0);
}

}  // namespace weir::lab
