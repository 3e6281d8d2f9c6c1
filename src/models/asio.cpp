// asio: one thread, and the handlers that Boost.Asio runs on it.
//
// Who waits, and where?  The thread, in Asio's io_context (epoll), for all connections at once. A
//   session that has to wait is suspended; a handler that Asio calls resumes it.
// Where does a connection's state live?  In its coroutine's frame, its record, and Asio's socket.
// What does a connection cost?  Some 780 bytes of user memory, 350 of them Asio's, and an entry
//   in the kernel's interest list. No thread, no buffer while it is idle. A request costs a system
//   call more than under `epoll`: Asio goes to the kernel for each wait.
// Connection 10,001?  Costs as much as the first, up to `--max-connections`; then the acceptors are
//   left alone until one ends, and the rest wait in the kernel's queue.
// A slow client?  Costs nobody anything: its session stays suspended until its deadline.
// A crash?  Ends the process, and so every connection. And a session that computes stops all others.
//
// Sessions share memory: granted.
// A fault stays with its session: not granted.
// A session that computes leaves the others alone: not granted.
//
// The sockets are Asio's own: each accept, receive, send and close is its call (asio_sockets.hpp).
// async_read_some wants its buffer for as long as it waits, and an idle connection holds none here;
// so a session waits by async_wait, and then receives. A buffer sequence that finds its memory late
// would do as well, but makes Asio call recvmsg(2), once in vain: longer than one epoll_ctl(2).
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "core/ready_loop.hpp"
#include "core/work.hpp"
#include "models/asio_sockets.hpp"
#include "models/models.hpp"

namespace weir {
namespace {

using by_asio::error_code;
using by_asio::Socket;

class Asio final : public Model {
 public:
  // Carry the op out now, unless its socket is known to be dry: then it waits, suspended, until
  // Asio says that the socket is ready.
  Started start(Op& op) override {
    if (loop_->wait_at_once(op)) return wait_for<in>(*op.stream), Started::pending;
    by_asio::see_to_socket(op.stream->record, io_);
    const ReadyLoop::Outcome outcome = loop_->start(op, by_asio::attempt);
    if (outcome == ReadyLoop::Outcome::has_to_wait) return wait_for(op);
    return outcome == ReadyLoop::Outcome::done ? Started::done : Started::pending;
  }

  void cancel(Op& op) override { loop_->cancel(op); }

  // The handlers of waits that are on their way still name the stream: the last of them buries it.
  void close(Stream& stream) override {
    if (stream.record.carrier == nullptr) return loop_->close(stream);
    loop_->context().loans.take_back(stream);
    by_asio::close(stream.record);
    if (stream.record.interest == 0) loop_->bury(stream);
  }

  void serve(Work& work) override {
    ReadyLoop loop(*this, work);
    loop_ = &loop;
    by_asio::Watched requested(io_, work.stop.requested_fd());
    by_asio::Watched forced(io_, work.stop.forced_fd());
    by_asio::Watched inbox(io_, loop.inbox_fd());
    for (auto* stop : {&requested, &forced}) stop->watch([this] { look_up(); });
    for (const Listener& each : work.listeners) doors_.emplace_back(io_, each.fd());
    for (const auto& first : work.begin_with) work.sessions.open(loop.context()).begin(first);
    for (;;) {
      loop.context().next_turn();
      if (loop.has_chores()) {
        do_chores(work);
        if (loop.over()) break;
        inbox.watch([this] { look_up(); });
      }
      look_up_at(loop.next_turn_at());
      io_.restart();
      io_.run();  // handlers, until one of them leaves chores behind
    }
    // What still waited on an outgoing stream when its session closed it and ended.
    for (io_.restart(); io_.poll() > 0; io_.restart()) loop.end_chores();
  }

 private:
  static constexpr int accepts_at_once_max = 64;
  static constexpr std::uint32_t in = 1;  // a bit of `interest`: such a wait is on its way
  static constexpr std::uint32_t out = 2;

  Started wait_for(Op& op) {
    each_stream(op, [&](Stream& stream) {
      const Directions wanted = directions(op, stream);
      if (wanted.in) wait_for<in>(stream);
      if (wanted.out) wait_for<out>(stream);
      return true;
    });
    return Started::pending;
  }

  // At most one wait for each direction. One that an op has left behind, since another source came
  // first or its deadline, is there for the next.
  template <std::uint32_t direction>
  void wait_for(Stream& stream) {
    constexpr auto what = direction == in ? Socket::wait_read : Socket::wait_write;
    if ((stream.record.interest & direction) != 0) return;
    stream.record.interest |= direction;
    by_asio::see_to_socket(stream.record, io_);
    by_asio::socket_of(stream.record).async_wait(what, [this, &stream](const error_code&) {
      loop_->context().next_turn();
      stream.record.interest &= ~direction;
      const bool closed = stream.record.fd < 0;
      if (!closed) on_ready(stream, direction == in ? stream.record.in : stream.record.out);
      if (closed && stream.record.interest == 0) loop_->bury(stream);
      if (loop_->next_turn_at() < look_up_at_) io_.stop();
    });
  }

  void on_ready(Stream& stream, Readiness& side) {
    side = Readiness::maybe;  // it was: what a wait left behind reports may have been used up since
    Op* op = stream.record.waiting;
    if (op == nullptr || loop_->go_on(*op, by_asio::attempt)) return;
    if (stream.record.waiting == op) wait_for(*op);
  }

  // True: there may be more.
  bool accept_from(std::size_t i, Work& work) {
    for (int n = 0; n < accepts_at_once_max && loop_->accepting(); ++n) {
      bool shortage = false;
      std::unique_ptr<Socket> socket = doors_[i].accept(shortage);
      if (shortage) {
        work.listeners[i].accept();  // it has one in reserve, to close a connection at once
        loop_->pause_accepting();
      }
      if (socket == nullptr) return false;
      Session& session = work.sessions.open(loop_->context(), Descriptor(socket->native_handle()));
      by_asio::give(session.peer.record, std::move(socket));
      session.begin();
    }
    return loop_->accepting();
  }

  void watch_doors(Work& work) {
    for (std::size_t i = 0; i < doors_.size() && loop_->accepting(); ++i) {
      if (std::exchange(doors_[i].watched, true)) continue;
      doors_[i].acceptor.async_wait(Socket::wait_read, [this, &work, i](const error_code&) {
        if (doors_.empty()) return;  // the drain has begun
        doors_[i].watched = false;
        loop_->context().next_turn();
        accept_from(i, work);
        look_up();
      });
    }
  }

  // What is not sockets: ops put off, deadlines, the drain, the records of closed streams.
  void do_chores(Work& work) {
    for (Op* op : loop_->take_put_off()) {
      if (start(*op) == Started::done) loop_->complete(*op);
    }
    if (loop_->drain_begins()) {
      for (std::size_t i = 0; i < doors_.size(); ++i) {
        for (int n = 0; n < accepts_at_once_max && accept_from(i, work); ++n) continue;
      }
      doors_.clear();
      loop_->begin_drain();
    }
    loop_->do_chores();
    watch_doors(work);
  }

  // Ends `run`, for the chores.
  void look_up() {
    loop_->look_again();
    io_.stop();
  }

  // The same at a time; the past (Time{}): once all that is ready has had its turn.
  void look_up_at(Time when) {
    if (when >= look_up_at_) return;
    look_up_at_ = when;
    const auto on_time = [this] { look_up_at_ = never, io_.stop(); };
    if (when == Time{}) return boost::asio::post(io_, on_time);
    timer_.expires_at(when);
    timer_.async_wait([on_time](const error_code& cancelled) {
      if (!cancelled) on_time();
    });
  }

  boost::asio::io_context io_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};  // one thread's: without locks
  boost::asio::steady_timer timer_{io_};
  std::vector<by_asio::Door> doors_;  // one for each listener
  ReadyLoop* loop_ = nullptr;         // lives while it serves
  Time look_up_at_ = never;           // when the timer is due
};

}  // namespace

std::unique_ptr<Model> make_asio() {
  return std::make_unique<Asio>();
}

}  // namespace weir
