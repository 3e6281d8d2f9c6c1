#include "load/connections.hpp"

#include <algorithm>

#include <weir/error.hpp>

#include "load/pipeline.hpp"

namespace weir::load {
namespace {

/// Waits until the time has come. A thread that sleeps is woken some 60 us late, on a virtual
/// machine and at times much later; so the last bit of the way it looks again and again, turn by
/// turn.
Task<> wait_exactly(Io& io, Course& course, Time time) {
  const Time awake_at = time - course.awake_before;
  if (awake_at > Clock::now()) co_await io.wait(until(awake_at));
  course.begin_spin();
  while (Clock::now() < time) {
    co_await io.sleep(Duration(0));
    course.spin();
  }
}

/// Waits until the slot's next request may be sent. False: there is none.
Task<bool> next_turn(Io& io, Course& course, Slot& slot) {
  if (!course.take(slot)) co_return false;
  const Duration wait = course.wait_of(slot);
  if (!course.plan.open) {
    co_await io.sleep(wait);
  } else if (wait > Duration(0)) {
    co_await wait_exactly(io, course, slot.due_at);
  }
  course.sending(slot);
  co_return course.phase != Course::Phase::over;
}

Task<> requests_on(Stream& server, Course& course, Slot& slot) {
  slot.free_at = Clock::now();
  for (;;) {
    if (course.paced()) {
      const bool more = co_await next_turn(server.io(), course, slot);
      if (!more) break;
    } else {
      if (!course.take(slot)) break;
      slot.state = Slot::State::sent;
    }
    co_await course.exchange(server, slot);
    course.answered(slot);
  }
  co_await course.end.pass();
}

/// As wait_exactly, unless something is answered before. Returns how many requests were.
Task<std::size_t> answers_before(Io& io, Course& course, Pipeline& pipeline, Time time) {
  constexpr Time already{};  // in the past
  const Time awake_at = time - course.awake_before;
  std::size_t answered = 0;
  if (awake_at > Clock::now()) {
    answered = co_await pipeline.go_on(awake_at);
    co_return answered;
  }
  course.begin_spin();
  while (answered == 0 && Clock::now() < time) {
    co_await io.sleep(Duration(0));
    course.spin();
    answered = co_await pipeline.go_on(already);
  }
  co_return answered;
}

/// Requests, each in the next of the slots, which their answers leave in the same order.
class Row {
 public:
  Row(Course& course, std::span<Slot> slots) : course_(course), slots_(slots) {
    for (Slot& slot : slots) slot.free_at = Clock::now();
  }

  Slot& next() { return slots_[next_]; }
  /// Sends what may be sent now, all of it together. What was sent before is written.
  void send_due(Pipeline& pipeline) {
    const Time now = Clock::now();
    if (blocked_) writable_since_ = now;
    std::size_t count = 0;
    while (pipeline.unanswered() + count < slots_.size() && take_due(now)) {
      course_.sending(next());
      next_ = (next_ + 1) % slots_.size();
      ++count;
    }
    if (count > 0) pipeline.send(count);
    blocked_ = !pipeline.written();
  }
  void answered(std::size_t count) {
    for (; count > 0; --count) {
      course_.answered(slots_[oldest_]);
      oldest_ = (oldest_ + 1) % slots_.size();
    }
  }

 private:
  bool take_due(Time now) {
    Slot& slot = next();
    if (slot.state == Slot::State::free) {
      slot.free_at = std::max(slot.free_at, writable_since_);
      if (!course_.take(slot)) return false;
    }
    return !course_.plan.open || slot.due_at <= now;
  }

  Course& course_;
  std::span<Slot> slots_;
  std::size_t next_ = 0;
  std::size_t oldest_ = 0;
  bool blocked_ = false;  // the kernel has not taken all that was sent
  Time writable_since_{};
};

Task<> requests_together_on(Stream& server, Course& course, std::span<Slot> slots) {
  Pipeline pipeline(server, course.requests());
  Row row(course, slots);
  for (;;) {
    if (pipeline.written()) row.send_due(pipeline);
    const Slot& next = row.next();
    const bool has_time = pipeline.written() && next.state == Slot::State::due;
    std::size_t answered = 0;
    if (!has_time) {
      if (pipeline.unanswered() == 0) break;
      answered = co_await pipeline.go_on();
    } else if (pipeline.unanswered() == 0) {
      co_await wait_exactly(server.io(), course, next.due_at);
    } else {
      answered = co_await answers_before(server.io(), course, pipeline, next.due_at);
    }
    row.answered(answered);
  }
  co_await course.end.pass();
}

/// A request on a connection of its own. False: it has failed.
Task<bool> request_by_itself(Io& io, Course& course, Slot& slot) {
  const Connected connected = co_await io.connect(course.plan.target);
  if (!connected) {
    course.failed({&slot, 1}, course.result.connect_errors,
                  "connect: " + connected.error.message());
    co_return false;
  }
  bool answered = false;
  try {
    co_await course.plan.exchanges.greet(*connected.stream);
    co_await course.exchange(*connected.stream, slot);
    answered = true;
  } catch (const StreamError& error) {
    course.failed({&slot, 1}, course.result.io_errors, error.what());
  } catch (const ProtocolError& error) {
    course.failed({&slot, 1}, course.result.protocol_errors, error.what());
  }
  if (answered) course.answered(slot);
  co_return answered;
}

Task<> requests_by_themselves(Io& io, Course& course, Slot& slot) {
  constexpr Duration pause = std::chrono::milliseconds(10);  // a server that is down is not stormed
  slot.free_at = Clock::now();
  for (;;) {
    const bool more = co_await next_turn(io, course, slot);
    if (!more) break;
    const bool answered = co_await request_by_itself(io, course, slot);
    if (!answered) co_await io.sleep(pause);
  }
  co_await course.end.pass();
}

/// Connected, and so far that requests can be made.
Task<> greeted_connection(Io& io, Course& course, std::span<Slot> slots, Connected& connected) {
  co_await course.plan.exchanges.greet(*connected.stream);
  ++course.greeted;
  if (course.plan.kind == Connections::fresh) connected.stream.reset();  // it has seen a server
  co_await course.beginning.pass();
  if (!connected) {
    co_await requests_by_themselves(io, course, slots.front());
  } else if (slots.size() > 1) {
    co_await requests_together_on(*connected.stream, course, slots);
  } else {
    co_await requests_on(*connected.stream, course, slots.front());
  }
}

}  // namespace

Task<> connection(Io& io, Course& course, std::span<Slot> slots) {
  co_await course.connecting.pass();
  Connected connected = co_await io.connect(course.plan.target);
  if (!connected) {
    course.failed(slots, course.result.connect_errors, "connect: " + connected.error.message());
    ++course.ended;
    co_return;
  }
  ++course.open;
  try {
    co_await greeted_connection(io, course, slots, connected);
  } catch (const StreamError& error) {
    course.failed(slots, course.result.io_errors, error.what());
  } catch (const ProtocolError& error) {
    course.failed(slots, course.result.protocol_errors, error.what());
  }
  --course.open;
  ++course.ended;
}

}  // namespace weir::load
