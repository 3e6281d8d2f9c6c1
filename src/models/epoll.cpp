// epoll: one thread, and a loop over the sockets that are ready.
//
// Who waits, and where?  The thread, in epoll_wait, for all connections at once. A session that has
//   to wait is suspended: its coroutine returns to the loop, and is resumed when its socket is ready.
// Where does a connection's state live?  In its coroutine's frame and its record on the heap.
// What does a connection cost?  Some 500 bytes of user memory and an entry in the kernel's interest
//   list. No thread, no buffer while it is idle, and no work while nothing happens on it.
// Connection 10,001?  Costs as much as the first, up to `--max-connections`; then the listener is
//   left alone until one ends, and the rest wait in its queue.
// A slow client?  Costs nobody anything: its session stays suspended until its deadline.
// A crash?  Ends the process, and so every connection. And a session that computes or blocks stops
//   all others for as long: there is one thread.
//
// Two triggers. *Level* (`--trigger level`): the kernel reports a socket as long as it is ready, so
// interest in what nobody waits for has to be taken away. *Edge*: it reports only changes, so a
// socket is registered once for both directions, and one has to remember what was reported and not
// used up, which `StreamRecord::in` and `out` do. epoll(7)
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <system_error>
#include <vector>

#include "core/context.hpp"
#include "core/loans.hpp"
#include "core/readiness.hpp"
#include "core/timers.hpp"
#include "core/work.hpp"
#include "models/models.hpp"

namespace weir {
namespace {

class Epoll final : public Model {
 public:
  explicit Epoll(Trigger trigger) : edge_(trigger == Trigger::edge) {}

  // Carry the op out now if its socket is not known to be dry; else file it, and the loop completes
  // it. A session that never has to wait yields after 64 ops, so that others get their turn.
  Started start(Op& op) override {
    if (op.verb == Verb::write_some) return attempt(op, *context_), Started::done;
    if (++op.done_at_once >= ops_at_once_max) return put_off(op);
    if (attempt(op, *context_)) return Started::done;
    if (work_->stop.forced()) return op.error = ECANCELED, Started::done;
    if (op.verb == Verb::read && op.stream->record.in != Readiness::dry) return put_off(op);
    return file(op);
  }

  void cancel(Op& op) override {
    std::erase(put_off_, &op);
    op.error = ECANCELED;
    complete(op);
  }

  // An event for this stream may be among those just fetched, so its record lives until the end of
  // the turn. Closing the descriptor takes it out of the kernel's interest list.
  void close(Stream& stream) override {
    timers_.disarm(stream.record.op);
    context_->loans.take_back(stream);
    if (stream.record.fd >= 0) ::close(std::exchange(stream.record.fd, -1));
    closed_.push_back(&stream);
  }

  void serve(Work& work) override {
    Loans loans(work.limits.loan_memory_max_bytes);
    Context context{*this, loans, work, {}, true};
    context_ = &context;
    work_ = &work;
    watch(work.stop.requested_fd(), nullptr);
    for (Listener& listener : work.listeners) watch(listener.fd(), &listener);
    for (const Work::FreeSession& first : work.begin_with) {
      Session& session = work.sessions.open(context);
      session.begin(first(session.io));
    }
    while (!work.listeners.empty() || !work.sessions.empty()) turn();
  }

 private:
  static constexpr std::uint8_t ops_at_once_max = 64;
  static constexpr int accepts_at_once_max = 64;
  static constexpr Duration refusal_pause = std::chrono::milliseconds(50);

  // One turn: go on with every session whose socket is ready, then with what was put off, then with
  // those whose time has come; bury what they closed; and wait.
  void turn() {
    run_put_off();
    while (Op* op = timers_.empty() ? nullptr : timers_.expired(context_->now())) {
      settle_at_deadline(*op);
      complete(*op);
    }
    if (work_->draining()) drain();
    for (Stream* stream : closed_) retire(*stream);
    closed_.clear();
    if (!listening_ && !work_->full() && context_->now() >= paused_until_) listen(true);
    if (work_->listeners.empty() && work_->sessions.empty()) return;

    std::array<epoll_event, 256> events;
    const int count = wait_for(events);
    context_->next_turn();
    for (const epoll_event& event : std::span(events).first(static_cast<std::size_t>(count))) {
      if (Listener* listener = listener_at(event.data.ptr)) accept_from(*listener);
      else if (event.data.ptr != nullptr) on_event(*static_cast<Stream*>(event.data.ptr), event.events);
    }
  }

  int wait_for(std::span<epoll_event> events) {
    const Time resume_at = listening_ || work_->full() ? never : paused_until_;
    const Time next = std::min({timers_.next(), force_at_, resume_at});
    const int size = static_cast<int>(events.size());
    if (next == never && put_off_.empty()) {
      return std::max(0, ::epoll_wait(epoll_.get(), events.data(), size, -1));
    }
    const Duration left = put_off_.empty() ? std::max(Duration(0), next - Clock::now()) : Duration(0);
    const timespec timeout{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
    return std::max(0, ::epoll_pwait2(epoll_.get(), events.data(), size, &timeout, nullptr));
  }

  void on_event(Stream& of, std::uint32_t what) {
    StreamRecord& stream = of.record;
    if (stream.fd < 0) return;  // closed earlier in this turn
    constexpr std::uint32_t ends = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
    if (what & ends) stream.hangup = true;
    if (what & (EPOLLIN | ends)) stream.in = Readiness::ready;
    if (what & (EPOLLOUT | EPOLLHUP | EPOLLERR)) stream.out = Readiness::ready;
    Op* op = stream.waiting;
    if (op != nullptr && attempt(*op, *context_)) return complete(*op);
    if (op != nullptr && op->verb == Verb::read && stream.in != Readiness::dry) put_off(*op);
    // Level-triggered, what nobody uses up would be reported again at once.
    if (!edge_) set_interest(of, stream.waiting != nullptr ? needs(*stream.waiting, of) : 0);
  }

  void complete(Op& op) {
    unhold(op);
    op.complete(op);
  }

  Started file(Op& op) {
    op.done_at_once = 0;
    hold(op, *context_);
    timers_.arm(op);
    bool watched = true;
    if (op.verb == Verb::read || op.verb == Verb::write) watched = watch_for(op, *op.stream);
    if (op.verb == Verb::wait) {
      for (const Source& source : std::span(op.sources, op.count)) {
        watched = watched && (source.stream == nullptr || watch_for(op, *source.stream));
      }
    }
    if (watched) return Started::pending;
    unhold(op);
    op.error = errno;
    return Started::done;
  }

  // The op goes on in the next turn, whatever the kernel reports: its session has had its share, or
  // no buffer is left to lend.
  Started put_off(Op& op) {
    op.done_at_once = 0;
    unhold(op);
    op.in_flight = true;
    if (op.verb == Verb::read) context_->loans.take_back(*op.stream);
    put_off_.push_back(&op);
    return Started::pending;
  }

  void run_put_off() {
    bool short_of_loans = false;
    for (Op* op : std::exchange(put_off_, {})) {
      if (attempt(*op, *context_)) {
        complete(*op);
      } else if (op->verb == Verb::read && op->stream->record.in != Readiness::dry) {
        put_off(*op);
        short_of_loans = true;
      } else if (file(*op) == Started::done) {
        complete(*op);
      }
    }
    Op* slowest = short_of_loans ? work_->sessions.longest_without_progress() : nullptr;
    if (slowest == nullptr) return;
    slowest->error = ENOBUFS;
    complete(*slowest);
  }

  // --- accepting

  void accept_from(Listener& listener) {
    for (int i = 0; i < accepts_at_once_max && !work_->full(); ++i) {
      Listener::Accepted accepted = listener.accept();
      if (accepted.outcome == Listener::Outcome::refused) {
        ++work_->statistics.refused;
        paused_until_ = context_->now() + refusal_pause;
        return listen(false);
      }
      if (accepted.outcome == Listener::Outcome::none) return;
      work_->sessions.open(*context_, std::move(accepted.fd)).begin();
    }
    if (work_->full()) listen(false);
  }

  void listen(bool on) {
    listening_ = on;
    for (Listener& listener : work_->listeners) {
      if (on) watch(listener.fd(), &listener);
      else ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, listener.fd(), nullptr);
    }
  }

  Listener* listener_at(void* of) {
    for (Listener& listener : work_->listeners) {
      if (&listener == of) return &listener;
    }
    return nullptr;
  }

  void drain() {
    if (!draining_) {
      draining_ = true;
      force_at_ = context_->now() + work_->limits.drain_timeout;
      ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, work_->stop.requested_fd(), nullptr);
      watch(work_->stop.forced_fd(), nullptr);
      for (Listener& listener : work_->listeners) accept_from(listener);  // what is queued
      work_->close_listeners();
      work_->begin_drain();
    }
    if (force_at_ == never || (context_->now() < force_at_ && !work_->stop.forced())) return;
    force_at_ = never;
    work_->stop.force();
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, work_->stop.forced_fd(), nullptr);
    for (Op* op : work_->sessions.in_flight()) cancel(*op);
  }

  // --- the kernel's interest list

  void watch(int fd, void* of) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = of;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
      throw std::system_error(errno, std::system_category(), "epoll_ctl");
    }
  }

  bool watch_for(const Op& op, Stream& stream) {
    const std::uint32_t watched = stream.record.interest;
    if (edge_) return watched != 0 || set_interest(stream, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
    const std::uint32_t needed = needs(op, stream);
    return (watched & needed) == needed || set_interest(stream, needed);
  }

  static std::uint32_t needs(const Op& op, const Stream& stream) {
    constexpr std::uint32_t to_read = EPOLLIN | EPOLLRDHUP;
    if (op.verb != Verb::wait) return op.verb == Verb::read ? to_read : EPOLLOUT;
    std::uint32_t needed = 0;
    for (const Source& source : std::span(op.sources, op.count)) {
      if (source.stream != &stream) continue;
      needed |= source.kind == Source::Kind::readable ? to_read : EPOLLOUT;
    }
    return needed;
  }

  bool set_interest(Stream& stream, std::uint32_t wanted) {
    std::uint32_t& watched = stream.record.interest;
    if (wanted == watched) return true;
    epoll_event event{};
    event.events = wanted;
    event.data.ptr = &stream;
    const int change = wanted == 0 ? EPOLL_CTL_DEL : watched == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (::epoll_ctl(epoll_.get(), change, stream.record.fd, &event) != 0) return false;
    watched = wanted;
    return true;
  }

  const bool edge_;
  Descriptor epoll_{::epoll_create1(EPOLL_CLOEXEC)};
  Context* context_ = nullptr;
  Work* work_ = nullptr;
  Timers timers_;
  std::vector<Op*> put_off_;
  std::vector<Stream*> closed_;
  bool listening_ = true;
  bool draining_ = false;
  Time paused_until_{};
  Time force_at_ = never;
};

}  // namespace

std::unique_ptr<Model> make_epoll(Trigger trigger) { return std::make_unique<Epoll>(trigger); }

}  // namespace weir
