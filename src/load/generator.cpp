#include "load/generator.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <sys/prctl.h>
#include <time.h>
#include <utility>

#include <weir/error.hpp>

#include "core/work.hpp"
#include "load/connections.hpp"
#include "load/personas.hpp"
#include "load/steady.hpp"
#include "models/models.hpp"

namespace weir::load {
namespace {

struct CpuTime {
  Duration used{0};
  Duration queued{0};
};

/// Of this thread: clock_gettime(2), and the second figure of /proc/thread-self/schedstat, proc(5).
CpuTime thread_cpu() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  std::int64_t on_cpu_ns = 0;
  std::int64_t queued_ns = 0;
  std::ifstream("/proc/thread-self/schedstat") >> on_cpu_ns >> queued_ns;
  return {std::chrono::seconds(used.tv_sec) + Duration(used.tv_nsec), Duration(queued_ns)};
}

/// While it lives the kernel wakes this thread when its timers are due, and not up to 50 us later
/// so that several can go off together: prctl(2), PR_SET_TIMERSLACK.
class ExactTimers {
 public:
  ExactTimers() : slack_ns_(::prctl(PR_GET_TIMERSLACK)) { ::prctl(PR_SET_TIMERSLACK, 1UL); }
  ~ExactTimers() {
    if (slack_ns_ > 0) ::prctl(PR_SET_TIMERSLACK, static_cast<unsigned long>(slack_ns_));
  }
  ExactTimers(const ExactTimers&) = delete;
  ExactTimers& operator=(const ExactTimers&) = delete;

 private:
  const int slack_ns_;
};

constexpr Duration nap_max = std::chrono::milliseconds(50);  // a stop goes unnoticed for so long

/// Sleeps for `duration`, or until there is nothing to wait for.
Task<> pass(Io& io, Course& course, Duration duration) {
  const Time end = after(Clock::now(), duration);
  while (!course.finished()) {
    const Duration left = end - Clock::now();
    if (left <= Duration(0)) co_return;
    co_await io.sleep(std::min(left, nap_max));
  }
}

/// Until three windows of 100 ms agree.
Task<> settle(Io& io, Course& course) {
  constexpr Duration window = std::chrono::milliseconds(100);
  const Plan& plan = course.plan;
  const Time begin = Clock::now();
  std::array<double, 3> rates{};
  for (std::size_t windows = 1; !course.finished(); ++windows) {
    const std::uint64_t before = course.done();
    const Time from = Clock::now();
    co_await pass(io, course, window);
    const Time now = Clock::now();
    rates[windows % rates.size()] =
        static_cast<double>((course.done() - before) / plan.think.page) *
        static_cast<double>(window.count()) / static_cast<double>((now - from).count());
    if (now - begin + window > plan.warm_up_max) co_return;
    if (windows >= rates.size() && now - begin >= plan.warm_up && agree(rates)) co_return;
  }
}

/// The same for the window, which is told in slices.
Task<> pass_window(Io& io, Course& course) {
  constexpr Duration slice = std::chrono::milliseconds(500);
  const Time end = after(Clock::now(), course.plan.window);
  Time next_slice = Clock::now() + slice;
  while (!course.finished()) {
    const Time now = Clock::now();
    if (now >= end) co_return;
    if (now >= next_slice) {
      course.end_slice(now);
      next_slice += slice;
    }
    const Duration nap = std::min(std::min(end, next_slice) - now, nap_max);
    co_await io.sleep(nap);
  }
}

/// How long to wait for one more connection that is served, when so many are. A server that serves
/// one at a time lets the others wait; one that has a second may be busy with making the next thread
/// or process, and one that has none with clients of before.
Duration patience_with(std::uint32_t count) {
  if (count == 0) return std::chrono::seconds(2);
  return std::chrono::milliseconds(count == 1 ? 200 : 1000);
}

/// Waits until `count` has come to `all`, or doesn't grow any more.
Task<> all_there(Io& io, Course& course, const std::uint32_t& count, std::uint32_t all) {
  std::uint32_t before = 0;
  Time changed = Clock::now();
  while (count + course.ended < all && !course.stop.requested()) {
    co_await io.sleep(std::chrono::milliseconds(1));
    const Time now = Clock::now();
    if (count != before) changed = now;
    before = count;
    if (now - changed > patience_with(count)) co_return;
  }
}

Task<> measure(Io& io, Course& course) {
  const Plan& plan = course.plan;
  co_await all_there(io, course, course.placed, plan.personas.count());
  course.connecting.open();
  co_await all_there(io, course, course.greeted, plan.connections);
  plan.when_connected(course.open);
  if (plan.warm_up > Duration(0)) {
    const Time begin = Clock::now();
    course.begin_load();
    if (plan.warm_up_max > plan.warm_up) {
      co_await settle(io, course);
    } else {
      co_await pass(io, course, plan.warm_up);
    }
    course.result.warm_up = Clock::now() - begin;
  }
  plan.window_begin();
  const CpuTime before = thread_cpu();
  course.begin_window();
  course.begin_load();
  co_await pass_window(io, course);
  course.end_window(Clock::now());
  const CpuTime cpu = thread_cpu();
  plan.window_end();
  course.result.generator_cpu = cpu.used - before.used;
  course.result.generator_queued = cpu.queued - before.queued;
}

Task<> count_calls(Io& io, Course& course) {
  const Plan& plan = course.plan;
  if (plan.counting == Duration(0) || course.finished()) co_return;
  course.result.counted_requests = 0;
  plan.counting_begin();
  // Longer where a busy machine lets hardly a request through.
  constexpr int tries_max = 8;
  constexpr std::uint64_t enough = 64;
  for (int i = 0; i < tries_max && course.result.counted_requests < enough; ++i) {
    co_await pass(io, course, plan.counting);
  }
  plan.counting_end();
}

/// However it ends, nobody is left behind a gate.
Task<> conduct(Io& io, Course& course) {
  try {
    co_await measure(io, course);
    course.result.interrupted = course.stop.requested();
    co_await count_calls(io, course);
  } catch (const StreamError&) {  // the end was forced while it slept
    course.result.interrupted = true;
  }
  course.phase = Course::Phase::over;
  course.stop.force();  // ends the connections that still wait
  for (Gate* gate : {&course.connecting, &course.beginning, &course.end}) gate->open();
}

bool is_busy(const LoadResult& result) {
  constexpr double busy = 0.9;
  const Duration wanted = result.generator_cpu - result.generator_spun + result.generator_queued;
  return static_cast<double>(wanted.count()) >= busy * static_cast<double>(result.window.count());
}

}  // namespace

bool unsteady(const Plan& plan, const LoadResult& result) {
  const bool changes = plan.open && plan.open->rate.changes();
  if (plan.requests || changes || result.interrupted) return false;
  const std::uint64_t burst = plan.open ? plan.open->arrivals.together : 0;
  const std::uint64_t page = plan.think.page;  // by chance there is one more, or less, of these
  return !halves_agree(result.first_half / page, (result.requests - result.first_half) / page,
                       std::max(burst, std::uint64_t{plan.connections} * plan.pipeline));
}

std::optional<Lateness> lateness_of(const LoadResult& result) {
  for (const auto& [name, q] : {std::pair("p99", 0.99), {"p90", 0.9}, {"p50", 0.5}}) {
    if (const auto lag_ns = result.send_lag.quantile_ns(q)) return Lateness{name, *lag_ns};
  }
  return std::nullopt;
}

Limit limit_of(const Plan& plan, const LoadResult& result) {
  if (result.requests == 0) return Limit::no_answers;
  if (!plan.open) return is_busy(result) ? Limit::generator : Limit::server;
  constexpr std::int64_t lag_max_ns = 100'000;
  const std::int64_t median_ns = result.response.quantile_ns(0.5).value_or(0);
  const std::optional<Lateness> late = lateness_of(result);
  if (late && late->lag_ns > std::max(lag_max_ns, median_ns / 4)) return Limit::generator;
  const bool all_sent = static_cast<double>(result.sent) >= 0.98 * static_cast<double>(result.due);
  if (all_sent) return Limit::server;
  // Connections are busy, too, while their answers lie there and the generator has no time for
  // them.
  return is_busy(result) ? Limit::generator : Limit::connections;
}

LoadResult run(const Plan& plan, Stop& stop) {
  const ExactTimers exact_timers;
  Course course(plan, stop);
  plan.before();
  Limits limits;
  limits.connections_max = plan.connections + plan.personas.count() + 1;
  if (plan.personas.slow_readers > 0) limits.write_timeout = std::chrono::hours(24);
  Work work(stop, limits);
  work.begin_with = persona_sessions(course);
  work.begin_with.push_back([&course](Io& io) { return conduct(io, course); });
  for (std::uint32_t i = 0; i < plan.connections; ++i) {
    const std::span<Slot> slots = course.slots_of(i);
    work.begin_with.push_back([&course, slots](Io& io) { return connection(io, course, slots); });
  }
  make_epoll(Trigger::edge)->serve(work);
  return std::move(course.result);
}

}  // namespace weir::load
