#pragma once
#include <array>
#include <atomic>
#include <coroutine>
#include <cstdint>
#include <string_view>
#include <system_error>

#include <weir/bytes.hpp>
#include <weir/model.hpp>
#include <weir/op.hpp>
#include <weir/time.hpp>

namespace weir {

class Io;
class Stream;
struct Context;
struct Session;

/// What is known of one direction of a socket without asking the kernel.
enum class Readiness : std::uint8_t { dry, maybe, ready };

/// What core and the model keep about a stream. Sessions leave it alone.
struct StreamRecord {
  Op op;                   // the one operation that can be in flight
  Model* model = nullptr;  // carries it out
  Context* context = nullptr;
  Session* session = nullptr;
  Op* waiting = nullptr;     // the op that waits for this socket: `op`, or a wait of its session
  char* loan = nullptr;      // the buffer lent by the last read
  Time deadline = never;     // bounds reads and waits
  Duration idle_timeout{0};  // bounds each of them; 0: not
  int fd = -1;
  std::uint32_t interest = 0;         // what the model has asked the kernel to watch
  void* carrier = nullptr;            // what the model keeps of the stream itself
  Duration socket_timeout{0};         // what SO_RCVTIMEO is set to (blocking models)
  Readiness in = Readiness::dry;      // a fresh socket has nothing to be read ...
  Readiness out = Readiness::maybe;   // ... and takes what is written
  bool accepted = false;              // by a listener, and so ended by a drain
  bool hangup = false;                // a short read needn't be all: the peer's end or urgent bytes
  bool ended = false;                 // the session has seen the end, or a failure
  bool bounded = false;               // there is a deadline or an idle timeout
  bool last_look = false;             // has read, while draining, what had arrived before
  std::atomic<bool> draining{false};  // reads end; set by whoever begins the drain
};

/// What `.result()` of a read gives: the bytes lent, or why there are none.
struct ReadResult {
  Bytes bytes;
  std::error_code error;
};

/// A connection as its session sees it.
///
/// A session is sequential: it awaits one operation at a time. Functions that await throw
/// `StreamError` when the stream fails; the model catches it at the top, counts it and closes.
class Stream {
 public:
  class Read;
  class ReadForResult;
  template <std::size_t Parts>
  class Write;

  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  /// Awaited: lends the bytes that have arrived, at least one; empty when the peer has finished
  /// sending. The loan, which may be changed in place, ends when the session next reads or waits
  /// to read this stream, and with the stream. recv(2).
  /// `.result()` of it gives a ReadResult instead of throwing.
  Read read();

  /// Awaited: writes the parts in order, in one system call where the kernel takes them; returns
  /// when it has taken every byte. There is no queue: back pressure is that the session waits.
  /// Throws when no byte was taken for the write timeout, and after that the stream can only be
  /// closed. send(2), sendmsg(2).
  template <class... Parts>
  Write<sizeof...(Parts)> write(const Parts&... parts);

  /// Writes what the kernel takes at once, possibly nothing, and never waits. Returns the number of
  /// bytes taken. Throws StreamError.
  std::size_t write_some(std::string_view bytes);

  /// Awaited: sends `before`, and behind it `length` bytes, at least one, of the open file from `offset`
  /// on, which the kernel takes from its page cache. Returns how many of the file's were sent: fewer
  /// when it has ended before. What isn't in the cache is read from the disk meanwhile, under any
  /// model by the thread that serves. SIGPIPE has to be ignored, as `weir::run` sees to. Throws as a
  /// write does. send(2) with MSG_MORE, sendfile(2)
  Task<std::size_t> send_file(std::string_view before, int file, std::uint64_t offset,
                              std::size_t length);

  /// Tells the peer that nothing more will be written (half-close, shutdown(2) with SHUT_WR).
  void finish();

  /// Every read and wait from now on fails with ETIMEDOUT once `timeout` has passed, like Go's
  /// net.Conn.SetReadDeadline. It bounds them all together, it does not start anew with each.
  void deadline(Duration timeout);
  void no_deadline();

  /// What is not a stream's: sleep, connect, wait, the clock.
  Io& io();

  StreamRecord record;

 private:
  bool start_read();  // true: done
  bool start_write(iovec* parts, std::uint32_t count);
  Bytes take_bytes() const;
  void take_written();
  bool is_late();
  ReadResult take_result() const noexcept;
  [[noreturn]] void fail(const char* doing) const;
};

class Stream::Read {
 public:
  explicit Read(Stream& stream) : stream_(stream) {}
  ReadForResult result();

  bool await_ready() const { return stream_.start_read(); }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> waiter) const noexcept {
    stream_.record.op.waiter = &waiter.promise();
  }
  Bytes await_resume() const { return stream_.take_bytes(); }

 private:
  Stream& stream_;
};

class Stream::ReadForResult {
 public:
  explicit ReadForResult(Stream& stream) : stream_(stream) {}

  bool await_ready() const { return stream_.start_read(); }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> waiter) const noexcept {
    stream_.record.op.waiter = &waiter.promise();
  }
  ReadResult await_resume() const noexcept { return stream_.take_result(); }

 private:
  Stream& stream_;
};

inline Stream::ReadForResult Stream::Read::result() {
  return ReadForResult(stream_);
}
inline Stream::Read Stream::read() {
  return Read(*this);
}

/// The parts of a write; they are used up as the kernel takes them.
template <std::size_t Parts>
class Stream::Write {
 public:
  Write(Stream& stream, std::array<iovec, Parts> parts) : stream_(stream), parts_(parts) {}

  bool await_ready() { return stream_.start_write(parts_.data(), Parts); }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> waiter) const noexcept {
    stream_.record.op.waiter = &waiter.promise();
  }
  void await_resume() const { stream_.take_written(); }

 private:
  Stream& stream_;
  std::array<iovec, Parts> parts_;
};

/// A write of one part keeps it in the op: the session's frame holds just the stream.
template <>
class Stream::Write<1> {
 public:
  Write(Stream& stream, std::array<iovec, 1> parts) : stream_(stream) {
    stream.record.op.buffer = parts[0];
  }

  bool await_ready() const { return stream_.start_write(&stream_.record.op.buffer, 1); }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> waiter) const noexcept {
    stream_.record.op.waiter = &waiter.promise();
  }
  void await_resume() const { stream_.take_written(); }

 private:
  Stream& stream_;
};

inline bool Stream::start_read() {
  Op& op = record.op;
  op.verb = Verb::read;
  op.deadline = never;
  if (record.bounded && is_late()) return true;
  return record.model->start(op) == Started::done;
}

inline Bytes Stream::take_bytes() const {
  const Op& op = record.op;
  if (op.error != 0) [[unlikely]]
    fail("read");
  return {static_cast<char*>(op.buffer.iov_base), op.buffer.iov_len};
}

inline bool Stream::start_write(iovec* parts, std::uint32_t count) {
  Op& op = record.op;
  op.verb = Verb::write;
  op.error = 0;
  op.parts = parts;
  op.count = count;
  op.deadline = never;  // it begins when the kernel does not take everything
  while (parts->iov_len == 0) {
    op.parts = ++parts;
    if (--op.count == 0) return true;
  }
  return record.model->start(op) == Started::done;
}

inline void Stream::take_written() {
  if (record.op.error != 0) [[unlikely]]
    fail("write");
}

template <class... Parts>
Stream::Write<sizeof...(Parts)> Stream::write(const Parts&... parts) {
  static_assert(sizeof...(Parts) > 0, "write takes at least one part");
  constexpr auto part = [](std::string_view bytes) {
    return iovec{const_cast<char*>(bytes.data()), bytes.size()};  // sendmsg(2) does not write to it
  };
  return {*this, {part(parts)...}};
}

}  // namespace weir
