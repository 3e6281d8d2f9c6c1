#include "load/connections.hpp"

#include <weir/error.hpp>

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

/// A request on a connection of its own. False: it has failed.
Task<bool> request_by_itself(Io& io, Course& course, Slot& slot) {
  const Connected connected = co_await io.connect(course.plan.target);
  if (!connected) {
    course.failed(slot, course.result.connect_errors, "connect: " + connected.error.message());
    co_return false;
  }
  bool answered = false;
  try {
    co_await course.plan.exchanges.greet(*connected.stream);
    co_await course.exchange(*connected.stream, slot);
    answered = true;
  } catch (const StreamError& error) {
    course.failed(slot, course.result.io_errors, error.what());
  } catch (const ProtocolError& error) {
    course.failed(slot, course.result.protocol_errors, error.what());
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
Task<> greeted_connection(Io& io, Course& course, Slot& slot, Connected& connected) {
  co_await course.plan.exchanges.greet(*connected.stream);
  ++course.greeted;
  if (course.plan.kind == Connections::fresh) connected.stream.reset();  // it has seen a server
  co_await course.beginning.pass();
  if (connected) {
    co_await requests_on(*connected.stream, course, slot);
  } else {
    co_await requests_by_themselves(io, course, slot);
  }
}

}  // namespace

Task<> connection(Io& io, Course& course, Slot& slot) {
  co_await course.connecting.pass();
  Connected connected = co_await io.connect(course.plan.target);
  if (!connected) {
    course.failed(slot, course.result.connect_errors, "connect: " + connected.error.message());
    ++course.ended;
    co_return;
  }
  ++course.open;
  try {
    co_await greeted_connection(io, course, slot, connected);
  } catch (const StreamError& error) {
    course.failed(slot, course.result.io_errors, error.what());
  } catch (const ProtocolError& error) {
    course.failed(slot, course.result.protocol_errors, error.what());
  }
  --course.open;
  ++course.ended;
}

}  // namespace weir::load
