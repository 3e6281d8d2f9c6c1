// uring: one thread, and a kernel that is told what to do, not asked what could be done. io_uring(7)
//
// Who waits, and where?  The thread, in io_uring_enter. That one call hands over all that sessions have
//   asked for since the last, and brings what of it is done: under load it serves many requests.
// Where does a connection's state live?  In its coroutine's frame and its record on the heap.
// What does a connection cost?  Some 450 bytes of user memory, and a request in the kernel. No thread,
//   and no buffer while it is idle: buffers are offered to the kernel for all connections, and it
//   takes one when bytes have arrived (provided buffers).
// Connection 10,001?  Costs as much as the first, up to `--max-connections`; the rest wait in the
//   listener's queue.
// A slow client?  Costs nobody anything. It holds the buffer that it is answered from; the kernel is
//   offered others, and when `--loan-memory` is used up the one that waits longest to write is reset.
// A crash?  Ends the process, and so every connection.
//
// It grants: memory that all sessions share; no isolation of faults; and a session that computes
// stops all others.
//
// Special is that a request, once made, is the kernel's: its memory has to stay until the completion
// has come, also when nobody wants it any more. So a read or a write that is late or cancelled ends
// only when the kernel says what became of it, and a read that got bytes in that very moment keeps
// them. A wait ends at once, and leaves its polls behind.
#include <cerrno>
#include <poll.h>
#include <sys/socket.h>
#include <utility>

#include "core/event_loop.hpp"
#include "core/readiness.hpp"
#include "models/models.hpp"
#include "models/uring_doors.hpp"
#include "models/uring_ring.hpp"
#include "models/uring_waits.hpp"

namespace weir {
namespace {

constexpr Duration until_asked_again = std::chrono::milliseconds(10);

class Uring final : public Model {
 public:
  explicit Uring(std::unique_ptr<Ring> ring) : new_ring_(std::move(ring)) {}

  // The kernel is asked, without a look whether it could be done at once: to ask is cheaper.
  Started start(Op& op) override {
    if (loop_->forced() && op.verb < Verb::offload) [[unlikely]] {  // nothing waits any more
      op.error = ECANCELED;
      return Started::done;
    }
    switch (op.verb) {
      case Verb::read:
        return start_read(op);
      case Verb::write:  // what is taken at once, which is nearly always all, needs no time-out
        op.in_flight = true;
        ask_to_write(op);
        return Started::pending;
      case Verb::wait:
        loop_->bound(op);
        return waits_->start(op);
      case Verb::sleep:
        op.in_flight = true;
        loop_->bound(op);
        return Started::pending;
      case Verb::offload:
        return loop_->offload(op);
      case Verb::write_some:
        Waits::outdate(op.stream->record, Tag::Kind::writable);
        [[fallthrough]];  // these promise not to wait, not even for the loop's next turn
      case Verb::finish:
      case Verb::connect:
      case Verb::connected:
      case Verb::none:
        attempt_other(op, loop_->context());
    }
    return Started::done;
  }

  void cancel(Op& op) override {
    op.error = ECANCELED;
    end_early(op);
  }

  // Each op has ended with its request; but the kernel may have a poll that a wait has left behind.
  void close(Stream& stream) override {
    loop_->context().loans.take_back(stream);
    if (stream.record.fd >= 0) ::close(std::exchange(stream.record.fd, -1));
    waits_->close(stream);
  }

  void serve(Work& work) override {
    EventLoop loop(*this, work);
    const std::unique_ptr<Ring> own = std::move(new_ring_);
    Ring& ring = *own;
    ring.lend_from(loop.context().loans);
    Doors doors(ring, loop, work);
    Waits waits(ring, loop);
    loop_ = &loop;
    ring_ = &ring;
    doors_ = &doors;
    waits_ = &waits;
    for (const int fd : {work.stop.requested_fd(), work.stop.forced_fd()}) {
      ring.poll(fd, POLLIN, Tag::of(Tag::Kind::stop, 0));
    }
    for (const auto& first : work.begin_with) work.sessions.open(loop.context()).begin(first);
    for (;;) {
      if (loop.has_chores()) {
        do_chores(work);
        if (loop.over() && !waits.closing()) return;
      }
      const std::span<const Completion> completions = ring.wait(loop.next_turn_at());
      loop.context().next_turn();
      for (const Completion& each : completions) take(each);
    }
  }

 private:
  void take(const Completion& each) {
    switch (each.tag.kind()) {
      case Tag::Kind::read:
        return on_read(each.tag.op(), each);
      case Tag::Kind::write:
        return on_write(each.tag.op(), each.result);
      case Tag::Kind::room:
        return on_room(each.tag.op());
      case Tag::Kind::readable:
      case Tag::Kind::writable:
        if (Op* wait = waits_->take(each)) complete(*wait);
        return;
      case Tag::Kind::listener:
        return doors_->take(each);
      case Tag::Kind::inbox:
        waits_->on_inbox();
        return loop_->look_again();
      case Tag::Kind::stop:
        return loop_->look_again();
      case Tag::Kind::ignored:
        return;
    }
  }

  static void complete(Op& op) {
    unhold(op);
    op.complete(op);
  }

  // --- read

  Started start_read(Op& op) {
    StreamRecord& stream = op.stream->record;
    op.error = 0;
    if (stream.draining.load(std::memory_order_relaxed) && std::exchange(stream.last_look, true)) {
      op.buffer.iov_len = 0;
      return Started::done;
    }
    op.in_flight = true;
    loop_->context().loans.take_back(*op.stream);
    loop_->bound(op);
    if (ring_->has_buffers()) [[likely]]
      ask_to_read(op);
    else
      loop_->lack_loan(op);
    return Started::pending;
  }

  void ask_to_read(Op& op) {
    requests(op) = 1;
    Waits::outdate(op.stream->record, Tag::Kind::readable);
    ring_->read(op.stream->record.fd, Tag::of(Tag::Kind::read, op));
  }

  void on_read(Op& op, const Completion& read) {
    requests(op) = 0;
    StreamRecord& stream = op.stream->record;
    char* buffer = ring_->buffer_of(read);
    if (read.result > 0) [[likely]] {
      stream.loan = buffer;
      op.error = 0;
      op.buffer = {buffer, static_cast<std::size_t>(read.result)};
      return complete(op);
    }
    if (buffer != nullptr) loop_->context().loans.give(buffer);
    op.buffer.iov_len = 0;
    if (read.result == 0) op.error = 0;
    if (read.result < 0 && op.error == 0) {  // else it was ended early, and has its error
      if (read.result == -EINTR || read.result == -EAGAIN) return ask_to_read(op);
      if (read.result == -ENOBUFS) {
        ring_->want_another_buffer();
        return loop_->lack_loan(op);
      }
      op.error = -read.result;
    }
    complete(op);
  }

  // --- write

  // What the kernel takes at once: one that waited inside could end up on a thread of the kernel's
  // own, where it isn't sure to be interrupted.
  void ask_to_write(Op& op) {
    requests(op) = 1;
    Waits::outdate(op.stream->record, Tag::Kind::writable);
    ring_->write(op.stream->record.fd, {op.parts, op.count}, MSG_DONTWAIT,
                 Tag::of(Tag::Kind::write, op));
  }

  void on_write(Op& op, int result) {
    requests(op) = 0;
    if (op.count == 1 && result == static_cast<std::int64_t>(op.parts->iov_len)) [[likely]] {
      op.count = 0;
      op.error = 0;
      return complete(op);
    }
    on_short_write(op, result);
  }

  [[gnu::noinline]] void on_short_write(Op& op, int result) {
    if (result > 0) take_off(op, static_cast<std::size_t>(result));
    if (op.count == 0) op.error = 0;
    const bool goes_on = result >= 0 || result == -EAGAIN || result == -EINTR;
    if (!goes_on && op.error == 0) op.error = -result;
    if (op.count == 0 || op.error != 0) return complete(op);
    // The rest waits. The bound is on the time without progress.
    if (result > 0 || op.deadline == never) {
      op.deadline = after(loop_->context().now(), loop_->context().work.limits.write_timeout);
      loop_->bound(op);
    }
    op.stream->record.waiting = &op;
    op.stream->record.out = Readiness::dry;
    requests(op) = 1;
    ring_->poll(op.stream->record.fd, POLLOUT, Tag::of(Tag::Kind::room, op));
  }

  void on_room(Op& op) {
    op.stream->record.out = Readiness::maybe;
    if (op.error == 0) return ask_to_write(op);
    requests(op) = 0;
    complete(op);
  }

  // --- ends before the result is there

  /// The op's error, or a wait's index, is set. It stands unless the kernel is faster.
  void end_early(Op& op) {
    if (requests(op) == 0) {  // a sleep, a wait, or a read that is put off
      loop_->drop_put_off(op);
      return complete(op);
    }
    op.stream->record.waiting = nullptr;
    ring_->cancel(Tag::of(request_of(op), op));
  }

  [[gnu::noinline]] void do_chores(Work& work) {
    for (Op* op : loop_->take_put_off()) {
      if (start(*op) == Started::done) complete(*op);
    }
    loop_->empty_inbox([this](Op& op) {
      if (op.verb == Verb::offload) return complete(op);
      if (find_ready(op)) end_early(op);
    });
    for (Op* op : loop_->take_late()) {
      settle_at_deadline(*op);
      if (requests(*op) > 0) {  // a request that is just on its way may miss that it's cancelled
        op->deadline = after(loop_->context().now(), until_asked_again);
        loop_->bound(*op);
      }
      end_early(*op);
    }
    if (Op* stuck = loop_->longest_stuck()) {
      stuck->error = ENOBUFS;
      end_early(*stuck);
    }
    if (loop_->drain_begins()) draining_ = true;
    if (draining_ && doors_->shut()) loop_->begin_drain();
    if (loop_->force_begins()) {
      work.force_end();  // whatever the kernel does with a socket is over now
      for (Op* op : work.sessions.in_flight()) cancel(*op);
    }
    loop_->end_chores();
    waits_->watch_inbox(loop_->inbox_fd());
    if (!draining_) doors_->watch();
  }

  std::unique_ptr<Ring> new_ring_;  // until it serves, on the thread that has made it
  EventLoop* loop_ = nullptr;       // they live while it serves
  Ring* ring_ = nullptr;
  Doors* doors_ = nullptr;
  Waits* waits_ = nullptr;
  bool draining_ = false;
};

}  // namespace

std::unique_ptr<Model> make_uring() {
  return std::make_unique<Uring>(std::make_unique<Ring>());
}

}  // namespace weir
