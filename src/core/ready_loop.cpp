#include "core/ready_loop.hpp"

#include <cerrno>
#include <unistd.h>
#include <utility>

namespace weir {

ReadyLoop::Outcome ReadyLoop::wait_or_put_off(Op& op) {
  op.done_at_once = 0;
  if (forced()) {
    op.error = ECANCELED;
    return Outcome::done;
  }
  if (op.verb == Verb::read && op.stream->record.in != Readiness::dry) {
    op.in_flight = true;
    context().loans.take_back(*op.stream);
    lack_loan(op);
    return Outcome::put_off;
  }
  hold(op, context());
  bound(op);
  return Outcome::has_to_wait;
}

ReadyLoop::Outcome ReadyLoop::yield(Op& op) {
  op.done_at_once = 0;
  op.in_flight = true;
  if (op.verb == Verb::read) context().loans.take_back(*op.stream);
  put_off(op);
  return Outcome::put_off;
}

/// Completes an op that may be among those that are to be started again.
void ReadyLoop::end_early(Op& op) {
  drop_put_off(op);
  complete(op);
}

bool ReadyLoop::go_on(StreamRecord& stream) {
  // What the kernel has reported may be old: a session that was resumed since, in this same turn, may
  // have read it all. A read finds that out by itself; a wait, now or later, has to ask.
  if (stream.in == Readiness::ready) stream.in = Readiness::maybe;
  Op* op = stream.waiting;
  if (op == nullptr || !attempt(*op, context())) return false;
  complete(*op);
  return true;
}

bool ReadyLoop::lack_loan_if_ready(Op& read) {
  if (read.stream->record.in == Readiness::dry) return false;
  unhold(read);
  read.done_at_once = 0;
  read.in_flight = true;
  lack_loan(read);
  return false;
}

void ReadyLoop::fail(Op& op, int error) {
  unhold(op);
  op.error = error;
}

void ReadyLoop::cancel(Op& op) {
  op.error = ECANCELED;
  end_early(op);
}

void ReadyLoop::close(Stream& stream) {
  context().loans.take_back(stream);
  if (stream.record.fd >= 0) ::close(std::exchange(stream.record.fd, -1));
  bury(stream);
}

void ReadyLoop::do_chores() {
  for (Op* op : take_late()) {
    settle_at_deadline(*op);
    end_early(*op);
  }
  if (Op* stuck = longest_stuck()) {
    stuck->error = ENOBUFS;
    end_early(*stuck);
  }
  if (force_begins()) {
    for (Op* op : context().work.sessions.in_flight()) cancel(*op);
  }
  end_chores();
}

}  // namespace weir
