#include "load/course.hpp"

#include <algorithm>
#include <cmath>
#include <sys/sysinfo.h>

namespace weir::load {
namespace {

std::optional<Schedule> schedule_of(const Plan& plan) {
  if (!plan.open || plan.trace) return std::nullopt;
  return Schedule(plan.open->rate, plan.open->arrivals, plan.seed);
}

/// With smaller ones a server's answer fits the sockets' buffers while the client still writes.
constexpr std::size_t large_bytes = 64 * 1024;

std::optional<Repeated> requests_of(const Plan& plan) {
  const bool apart = plan.pipeline > 1 || plan.request_bytes > large_bytes;
  if (!apart || !plan.exchanges.answers) return std::nullopt;
  return std::optional<Repeated>(std::in_place, plan.exchanges, plan.request_bytes, plan.pipeline);
}

/// A request whose answer is read while it is still being written.
Task<> exchange_apart(Stream& server, const Repeated& requests) {
  Pipeline pipeline(server, requests);
  pipeline.send(1);
  while (pipeline.unanswered() > 0) co_await pipeline.go_on();
}

std::function<Task<>(Stream&)> exchange_of(const Plan& plan,
                                           const std::optional<Repeated>& requests) {
  if (!requests) return plan.exchanges.make(plan.request_bytes);
  return [&requests](Stream& server) { return exchange_apart(server, *requests); };
}

/// Not where the server has to share the only processor. get_nprocs(3): of the machine, and not of
/// this thread, which may have been given one of several.
Duration awake_before_due() {
  return ::get_nprocs() > 1 ? std::chrono::microseconds(200) : Duration(0);
}

}  // namespace

Course::Course(const Plan& run_plan, Stop& asked_to_stop)
    : plan(run_plan),
      stop(asked_to_stop),
      awake_before(awake_before_due()),
      requests_(requests_of(run_plan)),
      exchange_(exchange_of(run_plan, requests_)),
      schedule_(schedule_of(run_plan)) {
  Random seeds(plan.seed);
  const std::size_t count = std::size_t{plan.connections} * plan.pipeline;
  slots.reserve(count);
  for (std::size_t i = 0; i < count; ++i) slots.emplace_back(seeds.next());
  result.connections = plan.connections;
}

std::span<Slot> Course::slots_of(std::uint32_t connection) {
  return std::span(slots).subspan(std::size_t{connection} * plan.pipeline, plan.pipeline);
}

void Course::begin_load() {
  if (origin_ != never) return;
  origin_ = Clock::now();
  beginning.open();
}

void Course::begin_window() {
  phase = Phase::measuring;
  begin_ = Clock::now();
}

void Course::end_slice(Time now) {
  slice_.end = now - begin_;
  plan.slice_end(slice_);
  result.requests += slice_.answers;
  result.response.merge(slice_.response);
  result.service.merge(slice_.service);
  result.send_lag.merge(slice_.send_lag);
  slice_ = {};
  slice_.begin = now - begin_;
}

void Course::end_window(Time now) {
  const bool all_settled = plan.requests && settled_ >= *plan.requests;
  if (all_settled) now = last_settled_;
  if (plan.open) censor_all(now);
  end_slice(now);
  result.calm.end();
  result.calm_lag.end();
  result.window = now - begin_;
  result.connected = open;
  phase = Phase::counting;

  double sum = 0;
  double squares = 0;
  for (std::uint32_t i = 0; i < plan.connections; ++i) {
    std::uint64_t all = 0;
    for (const Slot& slot : slots_of(i)) all += slot.answers;
    const double answers = static_cast<double>(all);
    result.served += all > 0 ? 1 : 0;
    sum += answers;
    squares += answers * answers;
  }
  result.jain = squares > 0 ? sum * sum / (static_cast<double>(plan.connections) * squares) : 0;
}

bool Course::finished() const {
  return stop.requested() || ended >= plan.connections ||
         (plan.requests && settled_ >= *plan.requests);
}

bool Course::take(Slot& slot) {
  if (phase == Phase::over || (plan.requests && taken_ >= *plan.requests)) return false;
  slot.state = Slot::State::due;
  slot.sent_at = slot.free_at;
  if (plan.trace) slot.what = plan.trace->entries[taken_].what;
  if (!plan.in_turn.empty()) slot.what = turn_of(slot);
  ++slot.taken;
  if (plan.open) {
    slot.due_at = take_due();
  } else {
    ++taken_;
  }
  return true;
}

/// Connections begin at different places, or all would ask for the same at once.
std::uint32_t Course::turn_of(const Slot& slot) const {
  const auto place = static_cast<std::uint64_t>(&slot - slots.data());
  return static_cast<std::uint32_t>((place + slot.taken) % plan.in_turn.size());
}

/// When the next request of an open loop is due, which is taken so.
Time Course::take_due() {
  const std::uint64_t index = taken_++;
  return origin_ + (plan.trace ? plan.trace->entries[index].due : schedule_->next());
}

Duration Course::wait_of(Slot& slot) {
  if (plan.open) return slot.due_at - slot.free_at;
  if ((slot.taken - 1) % plan.think.page != 0) return Duration(0);
  const Duration mean = plan.think.mean;
  if (plan.think.kind == Think::Kind::fixed) return mean;
  const double ns = static_cast<double>(mean.count()) * exponential_of(slot.random);
  return Duration(std::llround(ns));
}

void Course::begin_spin() {
  spin_from_ = Clock::now();
  done_before_spin_ = done_;
}

void Course::spin() {
  const Time now = Clock::now();
  if (phase == Phase::measuring && done_ == done_before_spin_) {
    result.generator_spun += now - spin_from_;
  }
  done_before_spin_ = done_;
  spin_from_ = now;
}

void Course::sending(Slot& slot) {
  ++done_;
  slot.state = Slot::State::sent;
  slot.sent_at = Clock::now();
  if (!plan.open || !in_window(slot.due_at)) return;
  ++result.due;
  ++result.sent;
  result.queued += slot.due_at < slot.free_at ? 1 : 0;
  record_lag(slot.sent_at, slot.sent_at - std::max(slot.due_at, slot.free_at));
}

void Course::answered(Slot& slot) {
  const Time now = Clock::now();
  ++done_;
  slot.state = Slot::State::free;
  slot.free_at = now;
  if (phase == Phase::counting) ++result.counted_requests;
  if (phase != Phase::measuring) return;
  ++slot.answers;
  if (now - begin_ < plan.window / 2) ++result.first_half;
  ++slice_.answers;
  ++settled_;
  last_settled_ = now;
  if (plan.open) {
    if (!in_window(slot.due_at)) return;
    record_response(now, now - slot.due_at);
  } else {
    result.calm.record(now, (now - slot.sent_at).count());
  }
  slice_.service.record((now - slot.sent_at).count());
}

void Course::record_response(Time now, Duration response) {
  slice_.response.record(response.count());
  result.calm.record(now, response.count());
}

void Course::record_lag(Time now, Duration lag) {
  slice_.send_lag.record(lag.count());
  result.calm_lag.record(now, lag.count());
}

void Course::failed(std::span<Slot> all, std::uint64_t& counter, const std::string& what) {
  if (phase == Phase::over) return;  // cut off by the end of the run
  ++counter;
  if (result.first_error.empty()) result.first_error = what;
  for (Slot& slot : all) {
    if (slot.state == Slot::State::free) continue;
    slot.state = Slot::State::free;
    slot.free_at = Clock::now();
    ++settled_;
    last_settled_ = slot.free_at;
  }
}

/// A request that was due and has no answer: it has waited until now.
void Course::censor(Time due_at, Time now) {
  ++result.censored;
  record_response(now, now - due_at);
}

void Course::censor_all(Time now) {
  for (const Slot& slot : slots) {
    if (slot.state == Slot::State::free || !in_window(slot.due_at) || slot.due_at >= now) continue;
    censor(slot.due_at, now);
    if (slot.state == Slot::State::sent) {
      slice_.service.record((now - slot.sent_at).count());
      continue;
    }
    ++result.due;
    record_lag(now, now - std::max(slot.due_at, slot.free_at));
  }
  while (!plan.requests || taken_ < *plan.requests) {
    const Time due_at = take_due();
    if (due_at >= now) return;
    if (due_at < begin_) continue;
    ++result.due;
    censor(due_at, now);
  }
}

}  // namespace weir::load
