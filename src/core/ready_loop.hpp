#pragma once
#include <cerrno>
#include <vector>

#include "core/context.hpp"
#include "core/loans.hpp"
#include "core/readiness.hpp"
#include "core/timers.hpp"
#include "core/work.hpp"

namespace weir {

/// What the loops over ready sockets (select, poll, epoll) have in common besides their way to
/// wait: ops that are tried, put off or late, streams to be buried, and the drain.
class ReadyLoop {
 public:
  ReadyLoop(Model& model, Work& work);

  Context& context() { return context_; }

  enum class Outcome {
    done,         // the op has its result
    put_off,      // it goes on in the next turn, whatever the kernel reports
    has_to_wait,  // it is filed, and its sockets have to be watched
  };
  /// A read of a socket that is known to be dry has only to wait: files it. False: it is another
  /// op, or not known, and `start` is to be asked.
  bool wait_at_once(Op& op) {
    if (op.verb != Verb::read || op.stream->record.in != Readiness::dry || forced_) return false;
    op.done_at_once = 0;
    hold(op, context_);
    timers_.arm(op);
    return true;
  }
  /// Carries `op` out unless its socket is known to be dry. A session that never has to wait is put
  /// off after 64 ops, so that others get their turn; so is a read when no buffer is left to lend.
  Outcome start(Op& op) {
    if (++op.done_at_once >= ops_at_once_max && op.verb != Verb::write_some) return put_off(op);
    if (attempt(op, context_)) [[likely]]
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
    if (op == nullptr) return false;
    if (op->verb != Verb::read) return go_on(*op);
    if (!attempt_read(*op, context_)) return lack_loan_if_ready(*op);
    op->in_flight = false;
    stream.waiting = nullptr;
    op->complete(*op);
    return true;
  }

  /// Closes the stream's descriptor. Events for it may have been fetched already, so its record
  /// lives until the turn is over.
  void close(Stream& stream);

  /// There is more to do in a turn than to go on with the sockets that are ready.
  bool has_chores() {
    return has_chores_ || (timers_.next() != never && timers_.next() <= context_.now());
  }
  /// Something has changed that is no socket of a session: the next turn looks.
  void look_again() { has_chores_ = true; }
  /// The ops that were put off, to be started again, once each.
  std::vector<Op*> take_put_off();
  /// Completes what is late, lets the drain go on, ends the records of streams that were closed.
  void do_chores();
  /// When the next turn has to begin, if no socket is ready before. The past: at once.
  Time next_turn_at() const { return has_chores_ ? next_chore_at() : timers_.next(); }
  /// Nothing is left to be served.
  bool over() const { return context_.work.listeners.empty() && context_.work.sessions.empty(); }

  /// A drain is asked for and not yet begun: asked once, true once.
  bool drain_begins();
  /// The listeners' queues are empty: ends the reads of the accepted streams.
  void begin_drain();

  /// Whether connections may be accepted now: there is room, and no pause.
  bool accepting();
  /// A connection was refused for want of descriptors: pauses accepting.
  void pause_accepting();

 private:
  static constexpr std::uint8_t ops_at_once_max = 64;

  Time next_chore_at() const;
  Outcome wait_or_put_off(Op& op);
  Outcome put_off(Op& op);
  Outcome lack_loan(Op& op);
  bool go_on(Op& op);
  bool lack_loan_if_ready(Op& read);
  void end_early(Op& op);
  void complete_late();
  void relieve_loans();
  void force_when_due();

  Loans loans_;
  Context context_;
  Timers timers_;
  std::vector<Op*> put_off_;
  std::vector<Op*> lacking_;  // reads for which there was no buffer
  std::vector<Op*> late_;     // used within a turn
  std::vector<Stream*> closed_;
  bool has_chores_ = true;  // the first turn looks at everything
  bool drain_begun_ = false;
  bool forced_ = false;
  Time force_at_ = never;
  Time paused_until_{};
};

}  // namespace weir
