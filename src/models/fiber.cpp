// fiber: a stack for each connection, and a loop over the sockets that are ready.
//
// Who waits, and where?  The thread, in epoll_wait, for all connections at once. A session that has
//   to wait leaves its stack as it stands, by a switch to the loop, which switches back in time.
// Where does a connection's state live?  In the variables of the session, on its own stack, and in
//   its record on the heap.
// What does a connection cost?  A stack: address space of `--stack` (256 KiB), resident as far as
//   it was touched, one page as a rule, and 600 bytes beside it; two of the kernel's mappings, for
//   the stack and the guard below it; an entry in its interest list. A switch: 24 instructions.
// Connection 10,001?  Costs as much as the first. At some 32,000 the kernel has no mapping left
//   (vm.max_map_count): then a client is closed and counted, and accepting pauses a moment.
// A slow client?  Costs nobody anything: its stack stays parked until its deadline.
// A crash?  Ends the process, and so every connection. So does a session that overflows its stack:
//   it hits the guard, and the process dies saying so.
//
// To the session each wait is a call that takes its time, as under `thread`; to the kernel it all
// looks like `epoll`. The price is the stack: its size has to be guessed beforehand, and what a
// session has once touched of it stays resident until it ends.
//
// Grants: sessions share memory; no fault is isolated; a session that computes stops all others.
#include <array>
#include <cerrno>
#include <sys/epoll.h>
#include <system_error>

#include "core/epoll_wait.hpp"
#include "core/ready_loop.hpp"
#include "core/work.hpp"
#include "models/fibers.hpp"
#include "models/models.hpp"

namespace weir {
namespace {

class OnFibers final : public Model {
 public:
  explicit OnFibers(std::size_t stack_bytes) : stack_bytes_(stack_bytes) {}

  // Called on the session's fiber. The op is carried out now, or the fiber is parked until the loop
  // has completed it: to the session it has always been done.
  Started start(Op& op) override {
    if (carry_out(op) == Started::pending) park(op);
    return Started::done;
  }

  void cancel(Op& op) override { loop_->cancel(op); }

  void close(Stream& stream) override { loop_->close(stream); }

  void serve(Work& work) override {
    ReadyLoop loop(*this, work);
    Fibers fibers(stack_bytes_);
    loop_ = &loop;
    fibers_ = &fibers;
    for (const int fd : {work.stop.requested_fd(), work.stop.forced_fd(), loop.inbox_fd()})
      watch(fd, EPOLLET, this);
    listen(work, true);
    for (const auto& first : work.begin_with) begin(work.sessions.open(loop.context()), &first);
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

  // Carry the op out unless its socket is known to be dry: then it is filed, and completes later.
  Started carry_out(Op& op) {
    const bool waits = loop_->wait_at_once(op);
    if (waits && op.stream->record.interest != 0) return Started::pending;
    const auto outcome = waits ? ReadyLoop::Outcome::has_to_wait : loop_->start(op);
    if (outcome == ReadyLoop::Outcome::done) return Started::done;
    return outcome == ReadyLoop::Outcome::put_off ? Started::pending : watch_sockets_of(op);
  }

  // Leave this stack until the op is complete: to complete it is to switch back.
  void park(Op& op) {
    Fiber& self = fibers_->running();
    op.stream->record.carrier = &self;
    const auto complete = std::exchange(
        op.complete, [](Op& its) { static_cast<Fiber*>(its.stream->record.carrier)->go_on(); });
    self.park();
    op.complete = complete;
  }

  // Wait; then accept who has come, and switch to each fiber whose socket is ready.
  void wait_and_go_on(Work& work, Time until) {
    const int count = epoll_wait_(epoll_.get(), events_, until);
    loop_->context().next_turn();
    for (int i = 0; i < count; ++i) {  // none when a signal interrupts it
      const epoll_event& event = events_[static_cast<std::size_t>(i)];
      if (event.data.ptr == this)
        loop_->look_again();
      else if (event.data.ptr == &work)
        for (Listener& listener : work.listeners) accept_from(listener, work);
      else
        on_event(static_cast<Stream*>(event.data.ptr)->record, event.events);
    }
  }

  // What is not sockets: ops put off, deadlines, the drain, the records of closed streams.
  void do_chores(Work& work) {
    for (Op* op : loop_->take_put_off()) {
      if (carry_out(*op) == Started::done) loop_->complete(*op);
    }
    if (loop_->drain_begins()) {
      for (Listener& listener : work.listeners) {
        for (int i = 0; i < accepts_at_once_max && accept_from(listener, work); ++i) continue;
      }
      loop_->begin_drain();
    }
    loop_->do_chores();
    listen(work, loop_->accepting());
  }

  void on_event(StreamRecord& stream, std::uint32_t events) {
    if (stream.fd < 0) return;  // closed earlier in this turn
    const bool hangup = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR | EPOLLPRI)) != 0;
    const bool in = (events & EPOLLIN) != 0 || hangup;
    const bool out = (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0;
    loop_->on_ready(stream, in, out, hangup);
  }

  // True: there may be more.
  bool accept_from(Listener& listener, Work& work) {
    for (int i = 0; i < accepts_at_once_max && loop_->accepting(); ++i) {
      Listener::Accepted accepted = listener.accept();
      if (accepted.outcome == Listener::Outcome::none) return false;
      if (accepted.outcome == Listener::Outcome::refused)
        loop_->pause_accepting();
      else
        begin(work.sessions.open(loop_->context(), std::move(accepted.fd)));
    }
    if (!loop_->accepting()) listen(work, false);  // the rest waits in the kernel's queue
    return loop_->accepting();
  }

  // One whole conversation on a fiber of its own. No memory for its stack: this client is closed.
  void begin(Session& session, const Work::FreeSession* first = nullptr) {
    const auto talk = [&session, first] { first ? session.begin(*first) : session.begin(); };
    if (fibers_->begin(talk)) return;
    loop_->context().work.sessions.refuse(session);
    loop_->pause_accepting();
  }

  // --- the kernel's interest list, in which listeners are tagged with the work, `stop` with this

  void listen(Work& work, bool on) {
    if (on == std::exchange(listening_, on)) return;
    for (const Listener& listener : work.listeners) {
      if (on)
        watch(listener.fd(), 0, &work);
      else
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, listener.fd(), nullptr);
    }
  }

  void watch(int fd, std::uint32_t how, void* tag) {
    if (!add(fd, EPOLLIN | how, tag))
      throw std::system_error(errno, std::system_category(), "epoll_ctl");
  }

  // Each socket once, for both directions, edge-triggered: the stream remembers what was reported.
  [[gnu::noinline]] Started watch_sockets_of(Op& op) {
    const bool watched = each_stream(op, [this](Stream& stream) {
      constexpr std::uint32_t all = EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET;
      std::uint32_t& interest = stream.record.interest;
      if (interest == 0 && add(stream.record.fd, all, &stream)) interest = all;
      return interest != 0;
    });
    if (watched) return Started::pending;
    loop_->fail(op, errno);
    return Started::done;
  }

  bool add(int fd, std::uint32_t events, void* tag) {
    epoll_event event{events, {.ptr = tag}};
    return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
  }

  const std::size_t stack_bytes_;
  Descriptor epoll_{::epoll_create1(EPOLL_CLOEXEC)};
  std::array<epoll_event, 256> events_;
  ReadyLoop* loop_ = nullptr;  // these live while it serves
  Fibers* fibers_ = nullptr;
  bool listening_ = false;
  EpollWait epoll_wait_;
};

}  // namespace

std::unique_ptr<Model> make_fiber(std::size_t stack_bytes) {
  return std::make_unique<OnFibers>(stack_bytes);
}

}  // namespace weir
