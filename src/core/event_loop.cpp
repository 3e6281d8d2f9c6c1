#include "core/event_loop.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace weir {
namespace {

constexpr Duration loans_pause = std::chrono::milliseconds(1);  // before asking again for a buffer
constexpr Duration refusal_pause = std::chrono::milliseconds(50);

}  // namespace

EventLoop::EventLoop(Model& model, Work& work)
    : loans_(work.limits.loan_memory_max_bytes), context_{model, loans_, work, {}, true} {}

Started EventLoop::offload(Op& op) {
  const std::uint32_t threads = context_.work.limits.offload_threads;
  op.in_flight = true;
  if (threads > 0) {
    if (!offload_pool_) offload_pool_.emplace(threads, context_.inbox);
    if (offload_pool_->run(*op.job)) return Started::pending;
  }
  op.job->run(*op.job);
  op.in_flight = false;
  return Started::done;
}

int EventLoop::inbox_fd() {
  const int fd = context_.inbox.fd();
  if (fd < 0) throw std::system_error(errno, std::system_category(), "eventfd");
  return fd;
}

void EventLoop::put_off(Op& op) {
  put_off_.push_back(&op);
  has_chores_ = true;
}

void EventLoop::lack_loan(Op& op) {
  lacking_.push_back(&op);
  has_chores_ = true;
}

std::vector<Op*> EventLoop::take_put_off() {
  put_off_.insert(put_off_.end(), lacking_.begin(), lacking_.end());
  lacking_.clear();
  return std::exchange(put_off_, {});
}

void EventLoop::drop_put_off(Op& op) {
  std::erase(put_off_, &op);
  std::erase(lacking_, &op);
}

const std::vector<Op*>& EventLoop::take_late() {
  late_.clear();
  if (timers_.next() == never) return late_;
  const Time now = context_.now();
  while (Op* op = timers_.expired(now)) late_.push_back(op);
  return late_;
}

Op* EventLoop::longest_stuck() {
  if (lacking_.empty()) return nullptr;
  if (char* const spare = loans_.take()) return loans_.give(spare), nullptr;
  return context_.work.sessions.longest_without_progress();
}

void EventLoop::bury(Stream& stream) {
  timers_.disarm(stream.record.op);
  closed_.push_back(&stream);
  has_chores_ = true;
}

void EventLoop::end_chores() {
  for (Stream* stream : closed_) retire(*stream);
  closed_.clear();
  has_chores_ = !put_off_.empty() || !lacking_.empty() || drain_begun_ || paused_until_ != Time{} ||
                context_.inbox.size() > 0;
}

Time EventLoop::next_chore_at() const {
  if (!put_off_.empty() || !closed_.empty() || context_.inbox.size() > 0) return Time{};
  const bool paused = paused_until_ != Time{} && !context_.work.full();
  const Time loans_at = lacking_.empty() ? never : context_.latest() + loans_pause;
  return std::min({timers_.next(), force_at_, loans_at, paused ? paused_until_ : never});
}

bool EventLoop::drain_begins() {
  return context_.work.draining() && !std::exchange(drain_begun_, true);
}

void EventLoop::begin_drain() {
  context_.work.close_listeners();
  context_.work.begin_drain();
  paused_until_ = Time{};  // nobody is accepted any more
  force_at_ = after(context_.now(), context_.work.limits.drain_timeout);
}

bool EventLoop::force_begins() {
  if (!drain_begun_ || force_at_ == never) return false;
  if (context_.now() < force_at_ && !context_.work.stop.forced()) return false;
  force_at_ = never;
  forced_ = true;
  context_.work.stop.force();
  return true;
}

bool EventLoop::accepting() {
  if (context_.work.full()) return false;
  if (paused_until_ == Time{}) return true;
  if (context_.now() < paused_until_) return false;
  paused_until_ = Time{};
  return true;
}

void EventLoop::pause_accepting() {
  ++context_.work.statistics.refused;
  rest_from_accepting();
}

void EventLoop::rest_from_accepting() {
  paused_until_ = context_.now() + refusal_pause;
  has_chores_ = true;
}

}  // namespace weir
