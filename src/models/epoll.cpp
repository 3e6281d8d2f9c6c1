// epoll: one thread, and a loop over the sockets that are ready.
//
// Who waits, and where?  The thread, in epoll_wait, for all connections at once. A session that has
//   to wait is suspended: its coroutine returns to the loop, which resumes it in time.
// Where does a connection's state live?  In its coroutine's frame and its record on the heap.
// What does a connection cost?  Some 450 bytes of user memory and an entry in the kernel's interest
//   list. No thread, no buffer while it is idle, and no work while nothing happens on it.
// Connection 10,001?  Costs as much as the first, up to `--max-connections`; then the listener is
//   left alone until one ends, and the rest wait in its queue.
// A slow client?  Costs nobody anything: its session stays suspended until its deadline.
// A crash?  Ends the process, and so every connection. And a session that computes stops all others.
//
// Two triggers. *Level* (`--trigger level`): the kernel reports a socket as long as it is ready, so
// interest in what nobody waits for has to be taken away. *Edge*: it reports only changes, so a
// socket is registered once for both directions, and one has to remember what was reported and not
// used up, which `StreamRecord::in` and `out` do. epoll(7)
#include <array>
#include <cerrno>
#include <sys/epoll.h>
#include <system_error>

#include "core/epoll_wait.hpp"
#include "core/ready_loop.hpp"
#include "core/work.hpp"
#include "models/models.hpp"

namespace weir {
namespace {

class Epoll final : public Model {
 public:
  explicit Epoll(Trigger trigger) : edge_(trigger == Trigger::edge) {}

  // Carry the op out now, unless its socket is known to be dry: then it waits, suspended, until the
  // kernel reports the socket and the loop completes it.
  Started start(Op& op) override {
    if (!loop_->wait_at_once(op)) return try_now(op);
    const bool watched = edge_ && op.stream->record.interest != 0;
    return watched ? Started::pending : watch_sockets_of(op);
  }

  void cancel(Op& op) override { loop_->cancel(op); }

  // Closing the descriptor takes it out of the kernel's interest list as well.
  void close(Stream& stream) override { loop_->close(stream); }

  void serve(Work& work) override {
    ReadyLoop loop(*this, work);
    loop_ = &loop;
    for (const int fd : {work.stop.requested_fd(), work.stop.forced_fd(), loop.inbox_fd()})
      watch(fd, EPOLLIN | EPOLLET, 0);
    listen(work, true);
    for (const Work::FreeSession& first : work.begin_with) {
      Session& session = work.sessions.open(loop.context());
      session.begin(first);
    }
    for (;;) {
      if (loop.has_chores()) {
        do_chores(work);
        if (loop.over()) return;
      }
      wait_and_go_on(work, loop.next_turn_at());
    }
  }

 private:
  static constexpr int accepts_at_once_max = 64;
  static constexpr std::uint64_t stream_tag_min = 4096;  // below: not an address, but a listener

  [[gnu::noinline]] Started try_now(Op& op) {
    const ReadyLoop::Outcome outcome = loop_->start(op);
    if (outcome == ReadyLoop::Outcome::has_to_wait) return watch_sockets_of(op);
    return outcome == ReadyLoop::Outcome::done ? Started::done : Started::pending;
  }

  // Wait; then accept from each listener with a connection, resume each session whose socket is
  // ready.
  void wait_and_go_on(Work& work, Time until) {
    const int count = epoll_wait_(epoll_.get(), events_, until);
    loop_->context().next_turn();
    for (int i = 0; i < count; ++i) {  // none when a signal interrupts it
      const epoll_event& event = events_[static_cast<std::size_t>(i)];
      if (event.data.u64 >= stream_tag_min)
        on_event(*static_cast<Stream*>(event.data.ptr), event.events);
      else if (event.data.u64 > 0)
        accept_from(work.listeners[event.data.u64 - 1], work);
      else
        loop_->look_again();
    }
  }

  // What is not sockets: ops put off, deadlines, the drain, the records of closed streams.
  [[gnu::noinline]] void do_chores(Work& work) {
    for (Op* op : loop_->take_put_off()) {
      if (start(*op) == Started::done) loop_->complete(*op);
    }
    if (loop_->drain_begins()) {
      for (Listener& listener : work.listeners) {
        for (int i = 0; i < accepts_at_once_max && accept_from(listener, work); ++i) continue;
      }
      listen(work, false);
      loop_->begin_drain();
    }
    loop_->do_chores();
    listen(work, loop_->accepting());
  }

  void on_event(Stream& stream, std::uint32_t events) {
    if (stream.record.fd < 0) return;  // closed earlier in this turn
    const bool hangup = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR | EPOLLPRI)) != 0;
    const bool in = (events & EPOLLIN) != 0 || hangup;
    const bool out = (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0;
    if (loop_->on_ready(stream.record, in, out, hangup) || edge_) return;
    // Level-triggered, what nobody uses up would be reported again at once.
    const Op* op = stream.record.waiting;
    set_interest(stream, op != nullptr ? needs(*op, stream) : 0);
  }

  // True: there may be more.
  [[gnu::noinline]] bool accept_from(Listener& listener, Work& work) {
    for (int i = 0; i < accepts_at_once_max && loop_->accepting(); ++i) {
      Listener::Accepted accepted = listener.accept();
      if (accepted.outcome == Listener::Outcome::none) return false;
      if (accepted.outcome == Listener::Outcome::refused)
        loop_->pause_accepting();
      else
        work.sessions.open(loop_->context(), std::move(accepted.fd)).begin();
    }
    if (!loop_->accepting()) listen(work, false);  // the rest waits in the kernel's queue
    return loop_->accepting();
  }

  void listen(Work& work, bool on) {
    if (on == listening_) return;
    listening_ = on;
    for (std::size_t i = 0; i < work.listeners.size(); ++i) {
      const Listener& listener = work.listeners[i];
      if (on)
        watch(listener.fd(), listener.shared() ? EPOLLIN | EPOLLEXCLUSIVE : EPOLLIN, i + 1);
      else
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, listener.fd(), nullptr);
    }
  }

  // --- the kernel's interest list

  void watch(int fd, std::uint32_t events, std::uint64_t tag) {
    epoll_event event{events, {.u64 = tag}};
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0) return;
    throw std::system_error(errno, std::system_category(), "epoll_ctl");
  }

  [[gnu::noinline]] Started watch_sockets_of(Op& op) {
    if (each_stream(op, [&](Stream& stream) { return watch_for(op, stream); })) {
      return Started::pending;
    }
    loop_->fail(op, errno);
    return Started::done;
  }

  // Edge-triggered, once and for both directions; level-triggered, for what is waited for.
  bool watch_for(const Op& op, Stream& stream) {
    constexpr std::uint32_t all = EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    const std::uint32_t needed = edge_ ? all : needs(op, stream);
    return (stream.record.interest & needed) == needed || set_interest(stream, needed);
  }

  static std::uint32_t needs(const Op& op, const Stream& stream) {
    const Directions wanted = directions(op, stream);
    return (wanted.in ? EPOLLIN | EPOLLRDHUP : 0u) | (wanted.out ? EPOLLOUT : 0u);
  }

  [[gnu::noinline]] bool set_interest(Stream& stream, std::uint32_t wanted) {
    std::uint32_t& watched = stream.record.interest;
    if (wanted == watched) return true;
    epoll_event event{wanted, {.ptr = &stream}};
    const int change = wanted == 0 ? EPOLL_CTL_DEL : watched == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (::epoll_ctl(epoll_.get(), change, stream.record.fd, &event) != 0) return false;
    watched = wanted;
    return true;
  }

  const bool edge_;
  Descriptor epoll_{::epoll_create1(EPOLL_CLOEXEC)};
  std::array<epoll_event, 256> events_;
  ReadyLoop* loop_ = nullptr;  // lives while it serves
  bool listening_ = false;
  EpollWait epoll_wait_;
};

}  // namespace

std::unique_ptr<Model> make_epoll(Trigger trigger) {
  return std::make_unique<Epoll>(trigger);
}

}  // namespace weir
