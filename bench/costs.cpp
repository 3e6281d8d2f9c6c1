// What the parts of the seam cost, each by itself and without a system call: awaiting a task, a
// frame, an operation through a model, a deadline; and what a failure and a histogram cost.
#include <cstdlib>
#include <random>
#include <vector>

#include <benchmark/benchmark.h>
#include <weir/error.hpp>
#include <weir/model.hpp>
#include <weir/stream.hpp>
#include <weir/task.hpp>

#include "core/loans.hpp"
#include "core/sessions.hpp"
#include "core/timers.hpp"
#include "core/work.hpp"
#include "load/histogram.hpp"

namespace weir {
namespace {

// --- tasks and frames

void forget(Root&) {}

Task<int> child(int value) {
  co_return value + 1;
}

Task<> await_children(benchmark::State& state) {
  int value = 0;
  for ([[maybe_unused]] auto each : state) value = co_await child(value);
  benchmark::DoNotOptimize(value);
}

void child_that_does_not_wait(benchmark::State& state) {
  Root root(forget);
  await_children(state).start(root);
}
BENCHMARK(child_that_does_not_wait);

// Waits until somebody resumes it.
struct Pause {
  Continuation*& waiter;
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> handle) const noexcept {
    waiter = &handle.promise();
  }
  void await_resume() const noexcept {}
};

Task<> waiting_child(Continuation*& waiter, int depth) {
  Pause pause{waiter};
  if (depth == 1)
    co_await pause;
  else
    co_await waiting_child(waiter, depth - 1);
}

Task<> await_waiting_children(Continuation*& waiter, int depth, const bool& over) {
  while (!over) co_await waiting_child(waiter, depth);
}

// Of tasks that await each other as deep as the argument says, the innermost waits, and is resumed.
void child_that_waits(benchmark::State& state) {
  Root root(forget);
  Continuation* waiter = nullptr;
  bool over = false;
  const auto parent = await_waiting_children(waiter, static_cast<int>(state.range(0)), over);
  parent.start(root);
  for ([[maybe_unused]] auto each : state) resume(waiter);
  over = true;
  resume(waiter);
}
BENCHMARK(child_that_waits)->ArgName("depth")->Arg(1)->Arg(10)->Arg(50);

void frame(benchmark::State& state) {
  const auto size_bytes = static_cast<std::size_t>(state.range(0));
  for ([[maybe_unused]] auto each : state) {
    void* memory = detail::allocate_frame(size_bytes);
    benchmark::DoNotOptimize(memory);
    detail::free_frame(memory, size_bytes);
  }
}
BENCHMARK(frame)->ArgName("bytes")->Arg(96)->Arg(192)->Arg(512)->Arg(1024);

void frame_by_malloc(benchmark::State& state) {
  const auto size_bytes = static_cast<std::size_t>(state.range(0));
  for ([[maybe_unused]] auto each : state) {
    void* memory = std::malloc(size_bytes);
    benchmark::DoNotOptimize(memory);
    std::free(memory);
  }
}
BENCHMARK(frame_by_malloc)->ArgName("bytes")->Arg(96)->Arg(192)->Arg(512)->Arg(1024);

// --- operations

// A model without a kernel: a read is done at once, or is completed when the benchmark says so.
class Instant final : public Model {
 public:
  explicit Instant(Started answer) : answer_(answer) {}

  Started start(Op& op) override {
    op.error = 0;
    op.buffer = {&byte_, over ? std::size_t{0} : std::size_t{1}};
    op.count = 0;
    if (over || answer_ == Started::done) return Started::done;
    pending = &op;
    return Started::pending;
  }
  void cancel(Op&) override {}
  void close(Stream& stream) override { retire(stream); }
  void serve(Work&) override {}

  Op* pending = nullptr;
  bool over = false;  // from now on every read finds the end

 private:
  const Started answer_;
  char byte_ = 'x';
};

// What a session needs around it.
struct Stage {
  explicit Stage(Started answer) : model(answer), work(stop, Limits{}) {}

  void run(const Work::PeerSession& session) {
    Session& opened = work.sessions.open(context);
    opened.begin([&] { return session(opened.peer); });
  }

  Instant model;
  Stop stop;
  Work work;
  Loans loans{Loans::size_bytes};
  Context context{model, loans, work};
};

Task<> read_and_count(Stream& peer, benchmark::State& state) {
  for ([[maybe_unused]] auto each : state) {
    const Bytes bytes = co_await peer.read();
    benchmark::DoNotOptimize(bytes.data());
  }
}

void op_done_at_once(benchmark::State& state) {
  Stage stage(Started::done);
  stage.run([&state](Stream& peer) { return read_and_count(peer, state); });
}
BENCHMARK(op_done_at_once);

void complete_reads_of(const Work::PeerSession& session, benchmark::State& state) {
  Stage stage(Started::pending);
  stage.run(session);
  for ([[maybe_unused]] auto each : state) {
    Op& op = *stage.model.pending;
    op.complete(op);
  }
  stage.model.over = true;
  stage.model.pending->complete(*stage.model.pending);
}

Task<> read_to_the_end(Stream& peer) {
  while (const Bytes bytes = co_await peer.read()) benchmark::DoNotOptimize(bytes.data());
}

void op_that_waits(benchmark::State& state) {
  complete_reads_of(read_to_the_end, state);
}
BENCHMARK(op_that_waits);

// As a session with a helper reads: one more task between the op and the session.
Task<bool> read_in_a_helper(Stream& peer) {
  const Bytes bytes = co_await peer.read();
  co_return !bytes.empty();
}

Task<> read_by_a_helper(Stream& peer) {
  bool more = true;
  while (more) more = co_await read_in_a_helper(peer);
}

void op_that_waits_in_a_child(benchmark::State& state) {
  complete_reads_of(read_by_a_helper, state);
}
BENCHMARK(op_that_waits_in_a_child);

void session_from_begin_to_end(benchmark::State& state) {
  Stage stage(Started::done);
  stage.model.over = true;
  for ([[maybe_unused]] auto each : state) stage.run(read_to_the_end);
}
BENCHMARK(session_from_begin_to_end);

// --- deadlines

struct Deadlines {
  explicit Deadlines(std::size_t count) : ops(count) {
    std::mt19937_64 random(1);
    for (Op& op : ops) {
      op.in_flight = true;
      op.deadline = Time(Duration(static_cast<std::int64_t>(random() % 1'000'000'000)));
      timers.arm(op);
    }
  }
  ~Deadlines() {
    for (Op& op : ops) timers.disarm(op);
  }
  std::vector<Op> ops;
  Timers timers;
};

// The usual case: a session reads again, and its deadline, which is in the heap, moves on.
void deadline_moved_on(benchmark::State& state) {
  Deadlines deadlines(static_cast<std::size_t>(state.range(0)));
  std::size_t next = 0;
  for ([[maybe_unused]] auto each : state) {
    Op& op = deadlines.ops[next];
    op.deadline += std::chrono::microseconds(1);
    deadlines.timers.arm(op);
    next = next + 1 == deadlines.ops.size() ? 0 : next + 1;
  }
}
BENCHMARK(deadline_moved_on)->ArgName("deadlines")->Arg(1)->Arg(64)->Arg(8000);

// A connection that comes and goes: into the heap and out of it.
void deadline_armed_and_forgotten(benchmark::State& state) {
  Deadlines deadlines(static_cast<std::size_t>(state.range(0)));
  std::size_t next = 0;
  for ([[maybe_unused]] auto each : state) {
    Op& op = deadlines.ops[next];
    deadlines.timers.disarm(op);
    deadlines.timers.arm(op);
    next = next + 1 == deadlines.ops.size() ? 0 : next + 1;
  }
}
BENCHMARK(deadline_armed_and_forgotten)->ArgName("deadlines")->Arg(1)->Arg(64)->Arg(8000);

// --- failures

Task<> fail() {
  throw StreamError(ECONNRESET, "read");
  co_return;
}

Task<> fail_often(benchmark::State& state) {
  for ([[maybe_unused]] auto each : state) {
    try {
      co_await fail();
    } catch (const StreamError& error) {
      benchmark::DoNotOptimize(error.kind());
    }
  }
}

void failure_thrown_and_caught(benchmark::State& state) {
  for ([[maybe_unused]] auto each : state) {
    try {
      throw StreamError(ECONNRESET, "read");
    } catch (const StreamError& error) {
      benchmark::DoNotOptimize(error.kind());
    }
  }
}
BENCHMARK(failure_thrown_and_caught);

// It is caught at the end of the child, kept, and thrown again in the parent.
void failure_through_a_child(benchmark::State& state) {
  Root root(forget);
  fail_often(state).start(root);
}
BENCHMARK(failure_through_a_child);

// --- the generator's bookkeeping

void histogram_record(benchmark::State& state) {
  std::mt19937_64 random(1);
  std::vector<std::int64_t> values_ns(1024);
  for (std::int64_t& value_ns : values_ns) {
    value_ns = static_cast<std::int64_t>(random() % 10'000'000);
  }
  load::Histogram histogram;
  std::size_t next = 0;
  for ([[maybe_unused]] auto each : state) histogram.record(values_ns[next++ % values_ns.size()]);
  benchmark::DoNotOptimize(histogram.count());
}
BENCHMARK(histogram_record);

}  // namespace
}  // namespace weir

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
