#include "core/ready_loop.hpp"

#include <algorithm>
#include <cerrno>

#include "core/work.hpp"

namespace weir {
namespace {

constexpr Duration loans_pause = std::chrono::milliseconds(1);  // before asking again for a buffer
constexpr Duration refusal_pause = std::chrono::milliseconds(50);

}  // namespace

ReadyLoop::ReadyLoop(Model& model, Work& work)
    : loans_(work.limits.loan_memory_max_bytes), context_{model, loans_, work, {}, true} {}

ReadyLoop::Outcome ReadyLoop::wait_or_put_off(Op& op) {
  op.done_at_once = 0;
  if (forced_) {
    op.error = ECANCELED;
    return Outcome::done;
  }
  if (op.verb == Verb::read && op.stream->record.in != Readiness::dry) return lack_loan(op);
  hold(op, context_);
  timers_.arm(op);
  return Outcome::has_to_wait;
}

ReadyLoop::Outcome ReadyLoop::put_off(Op& op) {
  op.done_at_once = 0;
  op.in_flight = true;
  if (op.verb == Verb::read) loans_.take_back(*op.stream);
  put_off_.push_back(&op);
  has_chores_ = true;
  return Outcome::put_off;
}

ReadyLoop::Outcome ReadyLoop::lack_loan(Op& op) {
  op.done_at_once = 0;
  op.in_flight = true;
  loans_.take_back(*op.stream);
  lacking_.push_back(&op);
  has_chores_ = true;
  return Outcome::put_off;
}

/// Completes an op that may be among those that are to be started again.
void ReadyLoop::end_early(Op& op) {
  std::erase(put_off_, &op);
  std::erase(lacking_, &op);
  complete(op);
}

bool ReadyLoop::go_on(Op& op) {
  if (!attempt(op, context_)) return false;
  complete(op);
  return true;
}

bool ReadyLoop::lack_loan_if_ready(Op& read) {
  if (read.stream->record.in == Readiness::dry) return false;
  unhold(read);
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
  timers_.disarm(stream.record.op);
  loans_.take_back(stream);
  if (stream.record.fd >= 0) ::close(std::exchange(stream.record.fd, -1));
  closed_.push_back(&stream);
  has_chores_ = true;
}

std::vector<Op*> ReadyLoop::take_put_off() {
  put_off_.insert(put_off_.end(), lacking_.begin(), lacking_.end());
  lacking_.clear();
  return std::exchange(put_off_, {});
}

/// Those that are late now, once each: a session that then sleeps for no time has to wait for the
/// next turn like everybody else.
void ReadyLoop::complete_late() {
  const Time now = context_.now();
  late_.clear();
  while (Op* op = timers_.expired(now)) late_.push_back(op);
  for (Op* op : late_) {
    settle_at_deadline(*op);
    end_early(*op);
  }
}

void ReadyLoop::do_chores() {
  if (timers_.next() != never) complete_late();
  if (!lacking_.empty()) relieve_loans();
  if (drain_begun_) force_when_due();
  for (Stream* stream : closed_) retire(*stream);
  closed_.clear();
  has_chores_ = !put_off_.empty() || !lacking_.empty() || drain_begun_ || paused_until_ != Time{};
}

Time ReadyLoop::next_chore_at() const {
  if (!put_off_.empty() || !closed_.empty()) return Time{};
  const bool paused = paused_until_ != Time{} && !context_.work.full();
  const Time loans_at = lacking_.empty() ? never : Clock::now() + loans_pause;
  return std::min({timers_.next(), force_at_, loans_at, paused ? paused_until_ : never});
}

void ReadyLoop::relieve_loans() {
  Op* slowest = context_.work.sessions.longest_without_progress();
  if (slowest == nullptr) return;
  slowest->error = ENOBUFS;
  end_early(*slowest);
}

bool ReadyLoop::drain_begins() {
  return context_.work.draining() && !std::exchange(drain_begun_, true);
}

void ReadyLoop::begin_drain() {
  context_.work.close_listeners();
  context_.work.begin_drain();
  force_at_ = after(context_.now(), context_.work.limits.drain_timeout);
}

void ReadyLoop::force_when_due() {
  Work& work = context_.work;
  if (force_at_ == never || (context_.now() < force_at_ && !work.stop.forced())) return;
  force_at_ = never;
  forced_ = true;
  work.stop.force();
  for (Op* op : work.sessions.in_flight()) cancel(*op);
}

bool ReadyLoop::accepting() {
  if (context_.work.full()) return false;
  if (paused_until_ == Time{}) return true;
  if (context_.now() < paused_until_) return false;
  paused_until_ = Time{};
  return true;
}

void ReadyLoop::pause_accepting() {
  ++context_.work.statistics.refused;
  paused_until_ = context_.now() + refusal_pause;
  has_chores_ = true;
}

}  // namespace weir
