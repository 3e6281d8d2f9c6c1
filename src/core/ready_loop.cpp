#include "core/ready_loop.hpp"

#include <cerrno>
#include <unistd.h>
#include <utility>

namespace weir {

ReadyLoop::Outcome ReadyLoop::wait_or_put_off(Op& op) {
  op.done_at_once = 0;
  if (op.verb == Verb::offload) {
    return offload(op) == Started::done ? Outcome::done : Outcome::put_off;
  }
  if (forced()) {
    op.error = ECANCELED;
    return Outcome::done;
  }
  if (op.verb == Verb::read && op.stream->record.in != Readiness::dry) {
    op.in_flight = true;
    context().loans.take_back(*op.stream);
    bound(op);
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

bool ReadyLoop::go_on(Op& op) {
  if (!attempt(op, context())) return false;
  complete(op);
  return true;
}

/// What the kernel reports was so when the turn began. A session that has gone on since, woken by
/// another of its streams, may have used it up; a wait must not be told of what is no longer so, for
/// its session may then read where nothing comes, and leave the other streams alone.
bool ReadyLoop::on_ready_for_wait(StreamRecord& stream) {
  Op* op = stream.waiting;
  if (op == nullptr || op->turn == context().turn_number) {
    if (stream.in == Readiness::ready) stream.in = Readiness::maybe;
    if (stream.out == Readiness::ready) stream.out = Readiness::maybe;
  }
  return op != nullptr && go_on(*op);
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
  empty_inbox([this](Op& op) { op.verb == Verb::offload ? complete(op) : void(go_on(op)); });
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
