#include "core/work.hpp"

#include <cerrno>
#include <sys/socket.h>
#include <system_error>

#include "core/exclusive_wait.hpp"
#include "core/poll_until.hpp"

namespace weir {
namespace {

constexpr Duration pause_when_refused = std::chrono::milliseconds(50);

}  // namespace

Work::Work(Stop& asked_to_stop, Limits bounds, Log to, Statistics* counted_elsewhere)
    : limits(bounds),
      connections_max(bounds.connections_max),
      stop(asked_to_stop),
      statistics(counted_elsewhere != nullptr ? *counted_elsewhere : *own_statistics_),
      log(to) {}

Work::~Work() = default;

Listener* Work::wait_for_connection() {
  std::vector<pollfd> watched;
  for (;;) {
    sessions.watch();
    const bool ending = draining();  // asked once: a request that comes later is seen by the poll
    if (ending && !begun_) {
      begin_drain();
      last_accepts_ = queued();  // not who comes meanwhile, for that need never end
    }
    if (stop.forced()) close_listeners();
    if (listeners.empty()) return nullptr;
    const bool room = !full();
    if (room && !ending && listeners.front().shared() && can_wait_exclusively()) {
      const int index = exclusive_wait_->next();
      if (index >= 0) return &listeners[static_cast<std::size_t>(index)];
      continue;
    }
    watched.clear();
    if (!ending) watched.push_back({stop.requested_fd(), POLLIN, 0});
    if (!room) watched.push_back({sessions.changed_fd(), POLLIN, 0});
    const std::size_t first = watched.size();
    for (const Listener& listener : listeners) {
      if (room) watched.push_back({listener.fd(), POLLIN, 0});
    }
    const bool any =
        (!ending || last_accepts_-- > 0) && poll_until(watched, ending ? Clock::now() : never);
    for (std::size_t i = first; any && i < watched.size(); ++i) {
      if (watched[i].revents != 0) return &listeners[i - first];
    }
    if (ending) close_listeners();
  }
}

int Work::queued() const {
  int all = 0;
  for (const Listener& listener : listeners) all += listener.queued();
  return all;
}

/// Of many workers that are idle at a shared listener, a poll(2) would wake all for each connection.
/// False: there is no descriptor for another way; it has to do this time.
bool Work::can_wait_exclusively() {
  if (exclusive_wait_) return true;
  try {
    exclusive_wait_ = std::make_unique<ExclusiveWait>(listeners, stop.requested_fd());
  } catch (const std::system_error&) {
    return false;
  }
  return true;
}

void Work::pause_after_refusal() {
  ++statistics.refused;
  if (draining()) return close_listeners();  // no use in waiting for what is short
  std::vector<pollfd> watched{{stop.requested_fd(), POLLIN, 0}};
  poll_until(watched, Clock::now() + pause_when_refused);
}

void Work::begin_drain() {
  begun_ = true;
  connections_max = limits.connections_max;  // who queues is accepted, to be answered and ended
  end_reads_of_all();
}

void Work::end_reads_of_all() {
  sessions.for_each([](Session& each) { end_reads(each.peer.record); });
}

void Work::end_from_outside() {
  ends_from_outside_ = true;
  if (company == Company::alone) stop.force_by_alarm(limits.drain_timeout);
}

void Work::serves(StreamRecord* stream) {
  if (company == Company::alone) stop.end_reads_on_request(stream);
}

void Work::close_listeners() {
  exclusive_wait_.reset();
  for (Listener& listener : listeners) listener.close();
  listeners.clear();
}

void Work::finish_drain() {
  Time force_at = never;  // until somebody asks for the end
  for (;;) {
    sessions.watch();
    if (sessions.all_ended()) return;
    if (draining() && !begun_) begin_drain();
    if (draining() && force_at == never) force_at = after(Clock::now(), limits.drain_timeout);
    if (stop.forced()) force_end();
    std::vector<pollfd> watched{{sessions.changed_fd(), POLLIN, 0}};
    if (!draining()) watched.push_back({stop.requested_fd(), POLLIN, 0});
    if (!stop.forced()) watched.push_back({stop.forced_fd(), POLLIN, 0});
    poll_until(watched, stop.forced() ? never : force_at);
    if (Clock::now() >= force_at) stop.force();
  }
}

void Work::force_end() {
  if (std::exchange(forced_, true)) return;
  stop.force();
  sessions.for_each([](Session& each) {
    if (each.peer.record.fd >= 0) ::shutdown(each.peer.record.fd, SHUT_RDWR);
    for (OutgoingStream* stream = each.outgoing; stream != nullptr; stream = stream->next) {
      ::shutdown(stream->record.fd, SHUT_RDWR);
    }
  });
}

}  // namespace weir
