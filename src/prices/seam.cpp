// What weir takes for an operation, without the kernel: the model here has none.
#include <cassert>

#include <weir/model.hpp>
#include <weir/stream.hpp>
#include <weir/task.hpp>

#include "core/loans.hpp"
#include "core/sessions.hpp"
#include "core/stop.hpp"
#include "core/work.hpp"
#include "prices/probe.hpp"

namespace weir::prices {
namespace {

/// A read is pending until it is completed from outside; or it is done at once, as long as some are
/// wanted.
class Instant final : public Model {
 public:
  Started start(Op& op) override {
    op.error = 0;
    op.buffer = {&byte_, over ? std::size_t{0} : std::size_t{1}};
    op.count = 0;
    if (over) return Started::done;
    if (at_once > 0) {
      --at_once;
      return Started::done;
    }
    pending = &op;
    return Started::pending;
  }
  void cancel(Op&) override {}
  void close(Stream& stream) override { retire(stream); }
  void serve(Work&) override {}

  void complete() const { pending->complete(*pending); }

  std::uint64_t at_once = 0;
  Op* pending = nullptr;
  bool over = false;  // from now on every read finds the end

 private:
  char byte_ = 'x';
};

Task<> read_to_the_end(Stream& peer) {
  while (const Bytes bytes = co_await peer.read()) {
    asm volatile("" : : "r"(bytes.data()) : "memory");
  }
}

/// A session that reads, and what it needs around it. It waits for a read whenever nobody runs it.
class Stage {
 public:
  Stage() : work_(stop_, Limits{}) {
    Session& session = work_.sessions.open(context_);
    session.begin([&session] { return read_to_the_end(session.peer); });
    assert(model.pending != nullptr);
  }
  ~Stage() {
    model.over = true;
    model.complete();
  }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  Instant model;

 private:
  Stop stop_;
  Work work_;
  Loans loans_{Loans::size_bytes};
  Context context_{model, loans_, work_};
};

Run reads_that_are_done(const Place&) {
  const auto stage = std::make_shared<Stage>();
  return [stage](std::uint64_t times) {
    const double begin_ns = cpu_ns();
    stage->model.at_once = times;
    stage->model.complete();  // the one that was pending; those that follow it are done at once
    return cpu_ns() - begin_ns;
  };
}

Run reads_that_wait(const Place&) {
  const auto stage = std::make_shared<Stage>();
  return repeat([stage] { stage->model.complete(); });
}

}  // namespace

std::vector<Probe> seam_probes() {
  return {
      {{"op_done", "an operation of a session that is done at once",
        "co_await peer.read() of a model without a kernel, which answers done", "SEAM.md"},
       reads_that_are_done},
      {{"op_pending", "an operation that waits, and the session resumed",
        "the same, answered pending; it is completed and the coroutine goes on to its next read",
        "SEAM.md"},
       reads_that_wait},
  };
}

}  // namespace weir::prices
