#pragma once
#include "core/event_loop.hpp"
#include "core/readiness.hpp"

namespace weir {

/// An event loop over ready sockets (select, poll, epoll), all but its way to wait: it tries ops when
/// their sockets are not known to be dry, and completes them when the kernel has reported enough.
class ReadyLoop : public EventLoop {
 public:
  using EventLoop::EventLoop;

  enum class Outcome {
    done,         // the op has its result
    put_off,      // it goes on in a later turn, whatever the kernel reports
    has_to_wait,  // it is filed, and its sockets have to be watched
  };
  /// A read of a socket that is known to be dry has only to wait: files it. False: it is another
  /// op, or not known, and `start` is to be asked.
  bool wait_at_once(Op& op) {
    if (op.verb != Verb::read || op.stream->record.in != Readiness::dry || forced()) return false;
    op.done_at_once = 0;
    hold(op, context());
    bound(op);
    return true;
  }
  /// Carries `op` out unless its socket is known to be dry. A session that never has to wait is put
  /// off after 64 ops, so that others get their turn; so is a read when no buffer is left to lend.
  Outcome start(Op& op) {
    return start(op, [](Op& each, Context& with) { return attempt(each, with); });
  }
  /// The same for a model whose system calls are not ours: `attempt_` does what `attempt` does.
  template <class Attempt>
  Outcome start(Op& op, Attempt attempt_) {
    if (++op.done_at_once >= ops_at_once_max && op.verb != Verb::write_some) return yield(op);
    if (attempt_(op, context())) [[likely]]
      return Outcome::done;
    return wait_or_put_off(op);
  }

  /// The op has its result: the session goes on.
  static void complete(Op& op) {
    unhold(op);
    op.complete(op);
  }
  /// The op's sockets can't be watched: it fails with `error`.
  static void fail(Op& op, int error);
  void cancel(Op& op);

  /// The kernel has reported something of the stream. Completes the op that waits for it if that
  /// is enough for it; true if it did.
  bool on_ready(StreamRecord& stream, bool in, bool out, bool hangup) {
    if (hangup) stream.hangup = true;
    if (in) stream.in = Readiness::ready;
    if (out) stream.out = Readiness::ready;
    Op* op = stream.waiting;
    if (op == nullptr || op->verb == Verb::wait) return on_ready_for_wait(stream);
    if (op->verb != Verb::read) return go_on(*op);
    if (!attempt_read(*op, context())) return lack_loan_if_ready(*op);
    op->in_flight = false;
    stream.waiting = nullptr;
    op->complete(*op);
    return true;
  }

  /// The same for a model whose system calls are not ours, and whose kernel reports all that is left
  /// whenever it is asked anew: a hang-up is nothing to be remembered.
  template <class Attempt>
  bool go_on(Op& op, Attempt attempt_) {
    if (!attempt_(op, context())) return op.verb == Verb::read && lack_loan_if_ready(op);
    complete(op);
    return true;
  }

  /// Closes the stream's descriptor. Events for it may have been fetched already, so its record
  /// lives until the turn is over.
  void close(Stream& stream);

  /// Completes what is late, lets the drain go on, ends the records of streams that were closed.
  void do_chores();

 private:
  static constexpr std::uint8_t ops_at_once_max = 64;

  Outcome wait_or_put_off(Op& op);
  Outcome yield(Op& op);
  bool go_on(Op& op);
  bool on_ready_for_wait(StreamRecord& stream);
  bool lack_loan_if_ready(Op& read);
  void end_early(Op& op);
};

}  // namespace weir
