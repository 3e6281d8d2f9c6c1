#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <utility>

#include <weir/error.hpp>
#include <weir/io.hpp>
#include <weir/stream.hpp>

#include "core/context.hpp"
#include "core/work.hpp"

namespace weir {
namespace {

// So that a fast peer with a large file doesn't keep an event loop from the others.
constexpr std::size_t turn_bytes_max = std::size_t{1} << 20;
constexpr std::size_t copy_bytes = std::size_t{64} << 10;

/// What is to be sent, or what is left of it: bytes, and a part of a file behind them.
struct Part {
  std::string_view before;
  int file;
  off_t offset;
  std::size_t left;
};

/// While it lives the socket's calls don't wait, whatever the model made of it before: sendfile(2) has
/// no flag for one call.
class WithoutWaiting {
 public:
  explicit WithoutWaiting(int fd) : fd_(fd), flags_(::fcntl(fd, F_GETFL)) {
    if ((flags_ & O_NONBLOCK) == 0) ::fcntl(fd_, F_SETFL, flags_ | O_NONBLOCK);
  }
  ~WithoutWaiting() {
    if ((flags_ & O_NONBLOCK) == 0) ::fcntl(fd_, F_SETFL, flags_);
  }
  WithoutWaiting(const WithoutWaiting&) = delete;
  WithoutWaiting& operator=(const WithoutWaiting&) = delete;

 private:
  const int fd_;
  const int flags_;
};

/// A write is bounded by its own time-out, and not by what bounds the stream's reads and waits.
class OwnTimeout {
 public:
  explicit OwnTimeout(StreamRecord& stream)
      : stream_(stream),
        deadline_(std::exchange(stream.deadline, never)),
        idle_timeout_(std::exchange(stream.idle_timeout, Duration(0))) {}
  ~OwnTimeout() {
    stream_.deadline = deadline_;
    stream_.idle_timeout = idle_timeout_;
  }
  OwnTimeout(const OwnTimeout&) = delete;
  OwnTimeout& operator=(const OwnTimeout&) = delete;

 private:
  StreamRecord& stream_;
  const Time deadline_;
  const Duration idle_timeout_;
};

/// send(2) with MSG_MORE: the bytes wait for the file's and travel with them, and so wake the peer once.
ssize_t send_before(const StreamRecord& stream, Part& part) {
  const ssize_t count =
      ::send(stream.fd, part.before.data(), part.before.size(), MSG_MORE | MSG_NOSIGNAL);
  if (count > 0) part.before.remove_prefix(static_cast<std::size_t>(count));
  return count;
}

ssize_t send_from_file(const StreamRecord& stream, Part& part, std::size_t bytes_max) {
  const ssize_t count =
      ::sendfile(stream.fd, part.file, &part.offset, std::min(part.left, bytes_max));
  if (count > 0) part.left -= static_cast<std::size_t>(count);
  return count;
}

/// One system call, which sends at most so many bytes of the file; again when a signal interrupts it.
/// What was sent is taken off the part; 0: the file has ended. Negative: errno says why.
ssize_t send_now(StreamRecord& stream, Part& part, std::size_t bytes_max) {
  for (;;) {
    const ssize_t count =
        part.before.empty() ? send_from_file(stream, part, bytes_max) : send_before(stream, part);
    if (count >= 0 || errno != EINTR) return count;
    if (stream.context->work.stop.forced()) {
      errno = ECANCELED;
      return -1;
    }
  }
}

void bound_sending(const StreamRecord& stream) {
  const Duration timeout = stream.context->work.limits.write_timeout;
  timeval value{};
  value.tv_sec = timeout.count() / 1'000'000'000;
  value.tv_usec = std::max<suseconds_t>(1, timeout.count() % 1'000'000'000 / 1000);
  ::setsockopt(stream.fd, SOL_SOCKET, SO_SNDTIMEO, &value, sizeof value);
}

/// Where sessions block, in sendfile(2) itself.
void send_blocking(StreamRecord& stream, Part& part) {
  bound_sending(stream);
  while (part.left > 0) {
    const ssize_t count = send_now(stream, part, turn_bytes_max);
    if (count == 0) return;
    if (count < 0) throw StreamError(errno == EAGAIN ? ETIMEDOUT : errno, "send_file");
  }
}

/// As much as the socket takes at once, and no more than a turn's share. False: the file has ended.
bool send_without_waiting(StreamRecord& stream, Part& part) {
  stream.out = Readiness::maybe;
  const std::size_t left_after = part.left - std::min(part.left, turn_bytes_max);
  while (part.left > left_after) {
    const ssize_t count = send_now(stream, part, part.left - left_after);
    if (count == 0) return false;
    if (count < 0 && errno != EAGAIN) throw StreamError(errno, "send_file");
    if (count < 0) {
      stream.out = Readiness::dry;
      return true;
    }
  }
  return true;
}

Task<> wait_for_room(Stream& stream) {
  Io& io = stream.io();
  const OwnTimeout own(stream.record);
  const Duration timeout = stream.record.context->work.limits.write_timeout;
  const std::size_t first = co_await io.wait(writable(stream), until(after(io.now(), timeout)));
  if (first != 0) throw StreamError(ETIMEDOUT, "send_file");
}

/// Where there is no socket, but a simulated network.
Task<> copy(Stream& stream, Part& part) {
  co_await stream.write(part.before);
  const auto room = std::make_unique<char[]>(copy_bytes);
  while (part.left > 0) {
    const ssize_t count =
        ::pread(part.file, room.get(), std::min(part.left, copy_bytes), part.offset);
    if (count < 0) throw StreamError(errno, "send_file");
    if (count == 0) co_return;
    co_await stream.write(std::string_view(room.get(), static_cast<std::size_t>(count)));
    part.offset += count;
    part.left -= static_cast<std::size_t>(count);
  }
}

}  // namespace

Task<std::size_t> Stream::send_file(std::string_view before, int file, std::uint64_t offset,
                                    std::size_t length) {
  Part part{before, file, static_cast<off_t>(offset), length};
  const Context& context = *record.context;
  if (context.simulated) {
    co_await copy(*this, part);
  } else if (!context.turns) {
    send_blocking(record, part);
  } else {
    const WithoutWaiting own(record.fd);
    while (part.left > 0 && send_without_waiting(record, part)) {
      if (record.out == Readiness::dry)
        co_await wait_for_room(*this);
      else if (part.left > 0)
        co_await io().sleep(Duration(0));
    }
  }
  co_return length - part.left;
}

}  // namespace weir
