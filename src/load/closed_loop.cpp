#include "load/closed_loop.hpp"

#include <fstream>
#include <time.h>

#include <weir/error.hpp>

#include "core/work.hpp"
#include "models/models.hpp"

namespace weir::load {
namespace {

enum class Phase { warming, measuring, counting, over };

/// What the connections of a run share; they run on one thread.
struct Run {
  const ClosedLoop& loop;
  Stop& stop;
  std::function<Task<>(Stream&)> exchange;
  std::vector<std::uint64_t> answers;  // in the window, by connection
  LoadResult result;
  Phase phase = Phase::warming;
  std::uint32_t greeted = 0;
  std::uint32_t open = 0;
  std::uint32_t ended = 0;

  void fail(std::uint64_t& counter, const std::string& what) {
    if (phase == Phase::over) return;  // cut off by the end of the run
    ++counter;
    if (result.first_error.empty()) result.first_error = what;
  }
  void answered(std::size_t index, Duration latency) {
    if (phase == Phase::measuring) {
      result.service.record(latency.count());
      ++answers[index];
    } else if (phase == Phase::counting) {
      ++result.counted_requests;
    }
  }
};

Task<> request_on(Stream& server, Run& run, std::size_t index) {
  co_await run.loop.exchanges.greet(server);
  ++run.greeted;
  Time sent = Clock::now();
  while (run.phase != Phase::over) {
    co_await run.exchange(server);
    const Time answered = Clock::now();
    run.answered(index, answered - sent);
    sent = answered;
  }
}

Task<> connection(Io& io, Run& run, std::size_t index) {
  Connected connected = co_await io.connect(run.loop.target);
  if (!connected) {
    run.fail(run.result.connect_errors, "connect: " + connected.error.message());
    ++run.ended;
    co_return;
  }
  ++run.open;
  try {
    co_await request_on(*connected.stream, run, index);
  } catch (const StreamError& error) {
    run.fail(run.result.io_errors, error.what());
  } catch (const ProtocolError& error) {
    run.fail(run.result.protocol_errors, error.what());
  }
  --run.open;
  ++run.ended;
}

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

/// Sleeps for `duration`, or until the run is interrupted.
Task<> pass(Io& io, Run& run, Duration duration) {
  constexpr Duration slice_max = std::chrono::milliseconds(50);
  const Time end = Clock::now() + duration;
  while (!run.stop.requested() && run.ended < run.loop.connections) {
    const Duration left = end - Clock::now();
    if (left <= Duration(0)) co_return;
    co_await io.sleep(std::min(left, slice_max));
  }
}

/// Waits until every connection is greeted. A server that serves one at a time greets one: it gets
/// as long as goes by without a further greeting.
Task<> all_greeted(Io& io, Run& run) {
  constexpr Duration patience = std::chrono::milliseconds(200);
  std::uint32_t before = 0;
  Time changed = Clock::now();
  while (run.greeted + run.ended < run.loop.connections && !run.stop.requested()) {
    co_await io.sleep(std::chrono::milliseconds(1));
    if (run.greeted != before) changed = Clock::now();
    before = run.greeted;
    if (Clock::now() - changed > patience) co_return;
  }
}

void settle(Run& run) {
  LoadResult& result = run.result;
  result.connected = run.open;
  result.requests = result.service.count();
  double sum = 0;
  double squares = 0;
  for (const std::uint64_t count : run.answers) {
    result.served += count > 0 ? 1 : 0;
    sum += static_cast<double>(count);
    squares += static_cast<double>(count) * static_cast<double>(count);
  }
  const double n = static_cast<double>(run.answers.size());
  result.jain = squares > 0 ? sum * sum / (n * squares) : 0;
}

Task<> conduct(Io& io, Run& run) {
  co_await all_greeted(io, run);
  run.loop.when_connected(run.open);
  co_await pass(io, run, run.loop.warm_up);

  run.loop.window_begin();
  const CpuTime cpu_before = thread_cpu();
  const Time begin = Clock::now();
  run.phase = Phase::measuring;
  co_await pass(io, run, run.loop.window);
  run.result.window = Clock::now() - begin;
  const CpuTime cpu_after = thread_cpu();
  run.loop.window_end();
  run.phase = Phase::counting;
  run.result.generator_cpu = cpu_after.used - cpu_before.used;
  run.result.generator_queued = cpu_after.queued - cpu_before.queued;
  run.result.interrupted = run.stop.requested();
  settle(run);

  if (run.loop.counting > Duration(0) && !run.stop.requested()) {
    run.result.counted_requests = 0;
    run.loop.counting_begin();
    // Longer where a busy machine lets hardly a request through.
    constexpr int tries_max = 8;
    constexpr std::uint64_t enough = 64;
    for (int i = 0; i < tries_max && run.result.counted_requests < enough; ++i) {
      co_await pass(io, run, run.loop.counting);
    }
    run.loop.counting_end();
  }
  run.phase = Phase::over;
  run.stop.force();  // ends the connections that still wait
}

}  // namespace

LoadResult run(const ClosedLoop& loop, Stop& stop) {
  Run run{loop,
          stop,
          loop.exchanges.make(loop.request_bytes),
          std::vector<std::uint64_t>(loop.connections),
          {}};
  run.result.connections = loop.connections;
  loop.before();
  Limits limits;
  limits.connections_max = loop.connections + 1;
  Work work(stop, limits);
  work.begin_with.push_back([&run](Io& io) { return conduct(io, run); });
  for (std::size_t i = 0; i < loop.connections; ++i) {
    work.begin_with.push_back([&run, i](Io& io) { return connection(io, run, i); });
  }
  make_epoll(Trigger::edge)->serve(work);
  return std::move(run.result);
}

}  // namespace weir::load
