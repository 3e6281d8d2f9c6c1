// select: one thread, and a loop over sets of 1,024 bits.
//
// Who waits, and where?  The thread, in select, for all connections at once. A session that has to
//   wait is suspended: its coroutine returns to the loop, which resumes it in time.
// Where does a connection's state live?  In its coroutine's frame and its record on the heap.
// What does a connection cost?  Some 450 bytes of user memory, no thread, no buffer while it is idle;
//   but time in every turn: the kernel asks each socket that has a bit, and the answer is searched.
// Connection 10,001?  There is none: a set has bits for descriptors below 1,024 (FD_SETSIZE), and to
//   set another would write past its end. It holds as many as such descriptors are left; the rest
//   wait in the listener's queue. Should outgoing streams or other threads take some meanwhile, a
//   connection without a bit is closed and counted as refused, an outgoing one fails with EMFILE.
// A slow client?  Costs nobody more than its bit: its session stays suspended until its deadline.
// A crash?  Ends the process, and so every connection.
//
// The oldest of these calls (4.2BSD, 1983). It writes its answer over the sets, so it gets copies.
// A bit is set only while somebody waits for that socket, or it would be reported on. select(2)
//
// Sessions share memory, and run one at a time: they need no locks.
// Faults are not isolated: one session's is everybody's.
// A session that computes stops all others.
#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <fcntl.h>
#include <sys/select.h>

#include "core/ready_loop.hpp"
#include "core/time_left.hpp"
#include "core/work.hpp"
#include "models/models.hpp"

namespace weir {
namespace {

class Select final : public Model {
 public:
  // Carry the op out now, unless its socket is known to be dry: then it waits, suspended, until
  // select reports the socket and the loop completes it.
  Started start(Op& op) override {
    if (!loop_->wait_at_once(op)) return try_now(op);
    return op.stream->record.interest == reading ? Started::pending : watch_sockets_of(op);
  }

  void cancel(Op& op) override { loop_->cancel(op); }

  // Its number may soon be another's: what was reported for it in this turn is forgotten.
  void close(Stream& stream) override {
    if (fits(stream.record.fd)) {
      ask_for(stream, 0);
      FD_CLR(stream.record.fd, &in_);
      FD_CLR(stream.record.fd, &out_);
      streams_.data()[stream.record.fd] = nullptr;
    }
    loop_->close(stream);
  }

  void serve(Work& work) override {
    ReadyLoop loop(*this, work);
    loop_ = &loop;
    make_fit(work, loop.inbox_fd());
    put(work.stop.requested_fd(), reading);
    put(work.stop.forced_fd(), reading);
    for (const auto& first : work.begin_with) work.sessions.open(loop.context()).begin(first);
    for (;;) {
      if (loop.has_chores()) {
        do_chores(work);
        if (loop.over()) return;
      }
      wait_and_go_on(work, loop.next_turn_at());
    }
  }

 private:
  static constexpr int accepts_at_once_max = 64, word_bits = 64;
  static constexpr std::uint32_t reading = 1, writing = 2;  // what a stream's `interest` is made of

  [[gnu::noinline]] Started try_now(Op& op) {
    const ReadyLoop::Outcome outcome = loop_->start(op);
    if (outcome == ReadyLoop::Outcome::has_to_wait) return watch_sockets_of(op);
    return outcome == ReadyLoop::Outcome::done ? Started::done : Started::pending;
  }

  // No more connections than there are bits for, as far as one can know now.
  static void make_fit(Work& work, int inbox) {
    int highest = std::max({work.stop.requested_fd(), work.stop.forced_fd(), inbox});
    for (const Listener& listener : work.listeners) highest = std::max(highest, listener.fd());
    std::uint32_t room = 0;
    for (int fd = 0; fd < FD_SETSIZE; ++fd) room += ::fcntl(fd, F_GETFD) < 0 ? 1 : 0;
    if (!fits(highest) || room == 0)
      throw Unavailable("select needs descriptors below 1,024: none is left; try --model poll");
    work.connections_max = std::min(work.connections_max, room);
  }

  // Wait; then resume each session whose socket is ready, and accept. Most words have no bit set.
  void wait_and_go_on(Work& work, Time until) {
    in_ = wanted_in_;
    out_ = wanted_out_;
    const timespec left = until == never || until == Time{} ? timespec{} : time_left(until);
    const int count =
        ::pselect(highest_ + 1, &in_, &out_, nullptr, until == never ? nullptr : &left, nullptr);
    loop_->context().next_turn();
    for (int word = 0; count > 0 && word <= highest_ / word_bits; ++word) {
      auto bits = static_cast<std::uint64_t>(in_.fds_bits[word] | out_.fds_bits[word]);
      for (; bits != 0; bits &= bits - 1) go_on(word * word_bits + std::countr_zero(bits), work);
    }
  }

  void go_on(int fd, Work& work) {
    const bool in = FD_ISSET(fd, &in_);
    const bool out = FD_ISSET(fd, &out_);
    if (!in && !out) return;  // a stream's, closed earlier in this turn
    Stream* stream = streams_.data()[fd];
    if (stream == nullptr) return on_stop_or_listener(fd, work);
    if (loop_->on_ready(stream->record, in, out, false)) return;
    // What nobody uses up would be reported again at once.
    const Op* op = stream->record.waiting;
    ask_for(*stream, op != nullptr ? needs(*op, *stream) : 0);
  }

  void on_stop_or_listener(int fd, Work& work) {
    put(fd, 0);  // a request to end stays readable: once is enough; all else is put back
    loop_->look_again();
    for (Listener& listener : work.listeners)
      if (listener.fd() == fd) accept_from(listener, work);
  }

  // What is not sockets: ops put off, deadlines, the drain, the records of closed streams.
  [[gnu::noinline]] void do_chores(Work& work) {
    for (Op* op : loop_->take_put_off())
      if (start(*op) == Started::done) loop_->complete(*op);
    if (loop_->drain_begins()) {
      for (Listener& listener : work.listeners) {
        for (int i = 0; i < accepts_at_once_max && accept_from(listener, work); ++i) continue;
        put(listener.fd(), 0);
      }
      loop_->begin_drain();
    }
    loop_->do_chores();
    put(loop_->inbox_fd(), reading);
    const bool accepting = loop_->accepting();
    for (const Listener& listener : work.listeners) put(listener.fd(), accepting ? reading : 0);
  }

  // True: there may be more.
  [[gnu::noinline]] bool accept_from(Listener& listener, Work& work) {
    for (int i = 0; i < accepts_at_once_max && loop_->accepting(); ++i) {
      Listener::Accepted accepted = listener.accept();
      if (accepted.outcome == Listener::Outcome::none) return false;
      if (accepted.outcome == Listener::Outcome::refused || !fits(accepted.fd.get()))
        loop_->pause_accepting();
      else
        work.sessions.open(loop_->context(), std::move(accepted.fd)).begin();
    }
    return loop_->accepting();
  }

  static bool fits(int fd) { return fd >= 0 && fd < FD_SETSIZE; }

  static std::uint32_t needs(const Op& op, const Stream& stream) {
    const Directions wanted = directions(op, stream);
    return (wanted.in ? reading : 0) | (wanted.out ? writing : 0);
  }

  [[gnu::noinline]] Started watch_sockets_of(Op& op) {
    if (each_stream(op, [&](Stream& stream) { return ask_for(stream, needs(op, stream)); }))
      return Started::pending;
    loop_->fail(op, EMFILE);
    return Started::done;
  }

  // False: it has no bit (an outgoing stream: what is accepted without one is refused).
  bool ask_for(Stream& stream, std::uint32_t wanted) {
    const int fd = stream.record.fd;
    if (!fits(fd)) return false;
    if (wanted == std::exchange(stream.record.interest, wanted)) return true;
    streams_.data()[fd] = &stream;
    put(fd, wanted);
    return true;
  }

  void put(int fd, std::uint32_t wanted) {
    (wanted & reading) != 0 ? FD_SET(fd, &wanted_in_) : FD_CLR(fd, &wanted_in_);
    (wanted & writing) != 0 ? FD_SET(fd, &wanted_out_) : FD_CLR(fd, &wanted_out_);
    highest_ = std::max(highest_, fd);
  }

  ReadyLoop* loop_ = nullptr;  // lives while it serves
  fd_set wanted_in_{}, wanted_out_{}, in_{}, out_{};
  int highest_ = 0;                            // of those that ever had a bit
  std::array<Stream*, FD_SETSIZE> streams_{};  // by descriptor
};

}  // namespace

std::unique_ptr<Model> make_select() {
  return std::make_unique<Select>();
}

}  // namespace weir
