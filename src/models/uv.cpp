// uv: one thread, and libuv's loop and streams, as under Node.js.
//
// Who waits, and where?  The thread, inside uv_run, for all connections at once. libuv accepts, reads,
//   writes and closes, and calls back; a session that has to wait is suspended until then.
// Where does a connection's state live?  In its coroutine's frame and its record, and in a handle of
//   libuv's, apart, since libuv closes in two steps and needs it until the second.
// What does a connection cost?  Some 750 bytes of user memory, 300 of them for libuv's handle, and an
//   entry in the kernel's interest list. No thread, and no buffer while it is idle: libuv asks for one
//   when there is something to be read.
// Connection 10,001?  Costs as much as the first, up to `--max-connections`; then the listener is
//   closed, libuv's only way to leave it alone, and opened anew when a connection has ended. The rest
//   wait in its queue, which is the kernel's: libuv had a duplicate.
// A slow client?  Costs nobody anything. What the kernel doesn't take is queued by libuv, but as a
//   reference to the session's own bytes, and the session waits for it.
// A crash?  Ends the process, and so every connection.
//
// libuv goes on reading once told to. It isn't told to stop when a session turns to something else,
// but only when data comes that nobody wants yet: so a request costs one read and one write. Deadlines
// are in whole milliseconds. The write timeout is looked at when it is over, and begins anew if
// something went out. The last descriptor is kept free: past it libuv would accept whoever queues,
// close them, and tell nobody. Turns, listeners and the lives of handles are in uv_loop.hpp.
//
// Shared memory between sessions: yes. Isolation of faults: no. One computing session stops all others.
#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include "core/readiness.hpp"
#include "models/models.hpp"
#include "models/uv_loop.hpp"

namespace weir {
namespace {

class Uv final : public Model {
 public:
  // A read waits, suspended, until libuv asks for a buffer and fills it. A write is tried at once.
  Started start(Op& op) override {
    if (op.verb == Verb::write) return write(op);
    if (op.verb != Verb::read) return start_other(op);
    const StreamRecord& stream = op.stream->record;
    const bool reading = stream.interest != 0 && carrier_of(*op.stream)->unread == 0 &&
                         !stream.draining.load(std::memory_order_relaxed);
    return reading && !loop_->forced() ? file(op) : begin_read(op);
  }

  void cancel(Op& op) override { end_early(op, ECANCELED); }

  // libuv closes in two steps; the record ends with the second.
  void close(Stream& stream) override {
    loop_->context().loans.take_back(stream);
    loop_->leave(stream);
  }

  void serve(Work& work) override {
    UvLoop loop(*this, work, [this] { do_chores(); });
    loop_ = &loop;
    for (const auto& first : work.begin_with) work.sessions.open(loop.context()).begin(first);
    loop.run();  // all that follows is called back by it
  }

 private:
  static constexpr std::uint8_t ops_at_once_max = 64;

  // Before the loop waits, what is not sockets: ops put off, deadlines, the drain.
  void do_chores() {
    Op* const stuck = loop_->longest_stuck();  // before those who lack a buffer try again
    if (stuck != nullptr && !has_progressed(*stuck)) end_early(*stuck, ENOBUFS);
    for (Op* op : loop_->take_put_off())
      if (start(*op) == Started::done) complete(*op);
    loop_->empty_inbox(complete_if_ready);
    loop_->go_on_with_drain();
    for (Op* op : loop_->take_late()) {
      if (has_progressed(*op)) continue;
      settle_at_deadline(*op);
      end_early(*op);
    }
    if (loop_->force_begins())
      for (Op* op : loop_->context().work.sessions.in_flight()) cancel(*op);
    loop_->end_chores();
    loop_->listen_or_rest();
  }

  // --- ops that wait, and how they end

  Started file(Op& op) {
    op.done_at_once = 0;
    hold(op, loop_->context());
    loop_->bound(op);
    return Started::pending;
  }

  Started put_off(Op& op) {
    op.done_at_once = 0;
    op.in_flight = true;
    loop_->put_off(op);
    return Started::pending;
  }

  static Started done(Op& op, int error) {
    op.error = error;
    return Started::done;
  }

  static void complete(Op& op) {
    unhold(op);
    UvLoop::stop_watching(op);
    op.complete(op);
  }

  // The op has an error, and ends with it. The rest of a write is libuv's until its stream is closed,
  // and after a failed write nothing else can be done with a stream: `on_written` completes it.
  void end_early(Op& op) {
    if (rest_of(op) != nullptr) return UvLoop::close_stream(*op.stream);
    loop_->drop_put_off(op);
    complete(op);
  }
  void end_early(Op& op, int error) {
    op.error = error;
    end_early(op);
  }

  // --- reading

  [[gnu::noinline]] Started begin_read(Op& op) {
    if (++op.done_at_once >= ops_at_once_max) return put_off(op);
    Carrier& carrier = loop_->opened(*op.stream);
    if (op.stream->record.last_look) carrier.unread = UV_EOF;  // while draining, that was all
    if (carrier.unread != 0) {
      take(op, std::exchange(carrier.unread, carrier.unread < 0 ? UV_EOF : 0));
      return Started::done;
    }
    if (loop_->forced()) return done(op, ECANCELED);
    const int error = start_reading(*op.stream);
    return error == 0 ? file(op) : done(op, -error);
  }

  // The result of a read: so many bytes of the loan, or the end, or an error.
  static void take(Op& op, ssize_t count) {
    StreamRecord& stream = op.stream->record;
    op.error = count < 0 && count != UV_EOF ? static_cast<int>(-count) : 0;
    op.buffer = {stream.loan, static_cast<std::size_t>(std::max<ssize_t>(0, count))};
    stream.in = count < 0 ? Readiness::ready : Readiness::dry;
    if (stream.draining.load(std::memory_order_relaxed)) stream.last_look = true;
  }

  int start_reading(Stream& stream) {
    if (stream.record.interest != 0) return 0;
    const int error = uv_read_start(&loop_->opened(stream).stream, on_readable, on_read);
    if (error == 0) stream.record.interest = UV_READABLE;
    return error;
  }

  // There is something to be read. If it gets no buffer libuv leaves it there, and says UV_ENOBUFS.
  static void on_readable(uv_handle_t* handle, std::size_t, uv_buf_t* buffer) {
    Stream& stream = *static_cast<Stream*>(handle->data);
    const Op* const op = stream.record.waiting;
    if (op == nullptr || !(op->verb == Verb::read || directions(*op, stream).in)) return;
    if (!stream.record.context->loans.lend(stream)) return;
    *buffer = {stream.record.loan, Loans::size_bytes};
  }

  static void on_read(uv_stream_t* handle, ssize_t count, const uv_buf_t*) {
    Stream& stream = *static_cast<Stream*>(handle->data);
    Op* const op = stream.record.waiting;
    const bool read = op != nullptr && op->verb == Verb::read;
    auto& model = static_cast<Uv&>(*stream.record.model);
    if (count == UV_ENOBUFS) return model.on_unread(stream, read ? op : nullptr);
    if (count == 0) return stream.record.context->loans.take_back(stream);  // nothing after all
    if (count < 0) stream.record.interest = 0;                              // libuv reads no more
    if (count < 0 || !read) carrier_of(stream)->unread = read ? ssize_t{UV_EOF} : count;
    if (!read) return wake(stream, stream.record.in);
    take(*op, count);
    unhold(*op);
    op->complete(*op);
  }

  // Something has come that stays where it is: there is no buffer for `read`, or no session wants it
  // yet. A wait for it is over, and the read that will follow finds libuv reading.
  void on_unread(Stream& stream, Op* read) {
    if (read == nullptr && stream.record.waiting != nullptr && stream.record.in != Readiness::ready)
      return wake(stream, stream.record.in);
    uv_read_stop(&carrier_of(stream)->stream);
    stream.record.interest = 0;
    stream.record.in = read != nullptr ? Readiness::dry : Readiness::ready;
    if (read == nullptr) return;
    unhold(*read);
    read->in_flight = true;
    loop_->lack_loan(*read);
  }

  // --- writing

  // False: the kernel took not everything, and the rest is to be written.
  bool try_write(Op& op) {
    const int taken = uv_try_write(&loop_->opened(*op.stream).stream, buffers(op), op.count);
    if (op.count == 1 && taken >= 0 && static_cast<std::size_t>(taken) == op.parts->iov_len) {
      op.count = 0;
      return true;
    }
    if (taken >= 0) take_off(op, static_cast<std::size_t>(taken));
    if (taken < 0 && taken != UV_EAGAIN) op.error = -taken;
    return op.count == 0 || op.error != 0;
  }

  Started write_some(Op& op) {
    if (!try_write(op)) op.stream->record.out = Readiness::dry;
    return Started::done;
  }

  Started write(Op& op) {
    if (++op.done_at_once >= ops_at_once_max) return put_off(op);
    return try_write(op) ? Started::done : write_rest(op);
  }

  [[gnu::noinline]] Started write_rest(Op& op) {
    if (loop_->forced()) return done(op, ECANCELED);
    Carrier& carrier = *carrier_of(*op.stream);
    carrier.rest = std::make_unique<Carrier::Rest>();
    carrier.rest->request.data = &op;
    uv_write_t* request = &carrier.rest->request;
    const int error = uv_write(request, &carrier.stream, buffers(op), op.count, on_written);
    if (error < 0) {
      carrier.rest = nullptr;
      return done(op, -error);
    }
    has_progressed(op);
    return file(op);
  }

  static void on_written(uv_write_t* request, int status) {
    Op& op = *static_cast<Op*>(request->data);
    carrier_of(*op.stream)->rest = nullptr;
    if (op.error == 0) op.error = -status;  // else it is why it was ended early
    complete(op);
  }

  // Whether `op` is a write of which something went out since this was last asked. If so, it has its
  // timeout anew.
  bool has_progressed(Op& op) {
    Carrier::Rest* rest = rest_of(op);
    if (rest == nullptr || !has_shrunk(*rest)) return false;
    op.deadline = after(loop_->context().now(), loop_->context().work.limits.write_timeout);
    loop_->bound(op);
    return true;
  }

  // --- sleeping, and waiting for the first of several sources

  Started start_other(Op& op) {
    if (op.verb == Verb::write_some) return write_some(op);
    if (op.verb == Verb::offload) return loop_->offload(op);
    return perform_at_once(op, loop_->context()) ? Started::done : wait(op);
  }

  [[gnu::noinline]] Started wait(Op& op) {
    if (++op.done_at_once >= ops_at_once_max) return put_off(op);
    if (op.verb == Verb::wait && find_ready(op)) return Started::done;
    if (loop_->forced()) return done(op, ECANCELED);
    file(op);
    int error = 0;
    for (std::uint32_t i = 0; op.verb == Verb::wait && i < op.count && error == 0; ++i)
      error = watch(op.sources[i]);
    if (error == 0) return Started::pending;
    unhold(op);
    UvLoop::stop_watching(op);
    return done(op, -error);
  }

  int watch(const Source& source) {
    if (source.stream == nullptr) return 0;
    if (source.kind == Source::Kind::readable) return start_reading(*source.stream);
    return loop_->watch_writable(*source.stream, [](uv_poll_t* handle, int, int) {
      Stream& stream = *static_cast<Stream*>(handle->data);
      wake(stream, stream.record.out);  // or it has failed, which the next write says
    });
  }

  // A direction of the stream is ready: if a session waits for it, it goes on.
  static void wake(Stream& stream, Readiness& direction) {
    direction = Readiness::ready;
    Op* const op = stream.record.waiting;
    if (op != nullptr && op->verb == Verb::wait) complete_if_ready(*op);
  }

  static void complete_if_ready(Op& op) {
    if (op.verb == Verb::offload || find_ready(op)) complete(op);
  }

  UvLoop* loop_ = nullptr;  // lives while it serves
};

}  // namespace

std::unique_ptr<Model> make_uv() {
  return std::make_unique<Uv>();
}

}  // namespace weir
