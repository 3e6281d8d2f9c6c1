#pragma once
#include <optional>
#include <vector>

#include "core/context.hpp"
#include "core/loans.hpp"
#include "core/offload_pool.hpp"
#include "core/timers.hpp"
#include "core/work.hpp"

namespace weir {

/// What every event loop does besides its sockets: ops that are put off to the next turn, deadlines,
/// streams to be buried, pauses in accepting, and the drain. The chores of a turn.
class EventLoop {
 public:
  EventLoop(Model& model, Work& work);

  Context& context() { return context_; }

  /// There is more to do in a turn than to go on with the sockets of sessions.
  bool has_chores() {
    return has_chores_ || (timers_.next() != never && timers_.next() <= context_.now());
  }
  /// Something has changed that is no socket of a session: the next turn looks.
  void look_again() { has_chores_ = true; }
  /// When the next turn has to begin, if nothing happens before. The past: at once.
  Time next_turn_at() const { return has_chores_ ? next_chore_at() : timers_.next(); }
  /// Nothing is left to be served.
  bool over() const { return context_.work.listeners.empty() && context_.work.sessions.empty(); }

  /// Sees to it that `op`, which waits, is among the late ones once its deadline has passed.
  void bound(Op& op) { timers_.arm(op); }
  /// `op` is to be started again in the next turn, whatever the kernel reports.
  void put_off(Op& op);
  /// The same, for a read for which there is no buffer: in a moment, once one may have come back.
  void lack_loan(Op& op);
  /// The ops that were put off, to be started again, once each.
  std::vector<Op*> take_put_off();
  /// `op` is not to be started again.
  void drop_put_off(Op& op);
  /// Those whose deadline has passed, once each: a session that then sleeps for no time has to wait
  /// for the next turn like everybody else. Valid until it is asked for again.
  const std::vector<Op*>& take_late();
  /// An offload: has its job run by another thread, or, when there is none to be had, at once. `done`
  /// when it has run.
  Started offload(Op& op);
  /// Readable when `empty_inbox` has something to do.
  int inbox_fd();
  /// Calls `go_on` with each op that another thread has done something for: an offload that is done,
  /// or a wait for a mailbox that was posted to. What comes meanwhile is left for the next turn.
  template <class GoOn>
  void empty_inbox(GoOn go_on) {
    Inbox& inbox = context_.inbox;
    inbox.hush();
    for (std::size_t count = inbox.size(); count > 0; --count) {
      if (Op* op = inbox.take()) go_on(*op);
    }
  }

  /// While reads lack a buffer and there is none: the op whose session holds one and which has waited
  /// for something else the longest; or null.
  Op* longest_stuck();

  /// Its descriptor is closed, but the model may still name it: its record lives until the turn is
  /// over.
  void bury(Stream& stream);
  /// The chores of this turn are done; ends the records of buried streams.
  void end_chores();

  /// A drain is asked for and not yet begun: asked once, true once.
  bool drain_begins();
  /// The listeners' queues are empty: ends the reads of the accepted streams.
  void begin_drain();
  /// The end is to be forced now: every op in flight is to be cancelled. True once.
  bool force_begins();
  bool forced() const { return forced_; }

  /// Whether connections may be accepted now: there is room, and no pause.
  bool accepting();
  /// A connection was refused for want of descriptors: pauses accepting.
  void pause_accepting();
  /// Nothing can be accepted for now, and nobody was refused: the same pause.
  void rest_from_accepting();

 private:
  Time next_chore_at() const;

  Loans loans_;
  Context context_;
  Timers timers_;
  std::optional<OffloadPool> offload_pool_;  // once it is needed
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
