#include "core/socket.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <weir/address.hpp>

#include "core/context.hpp"
#include "core/descriptor.hpp"
#include "core/work.hpp"

namespace weir {
namespace {

ssize_t receive_last(StreamRecord& stream, char* room, std::size_t size_bytes) {
  if (stream.last_look) return 0;
  stream.last_look = true;
  const ssize_t count = ::recv(stream.fd, room, size_bytes, MSG_DONTWAIT);
  return count < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : count;
}

/// Whether the signal that interrupted a call was the one that ends everything.
bool forced(const StreamRecord& stream) {
  if (!stream.context->work.stop.forced()) return false;
  errno = ECANCELED;
  return true;
}

}  // namespace

ssize_t receive_again(StreamRecord& stream, char* room, std::size_t size_bytes, int flags) {
  for (;;) {
    if (stream.draining.load(std::memory_order_relaxed)) {
      return receive_last(stream, room, size_bytes);
    }
    if (forced(stream)) return -1;
    const ssize_t count = ::recv(stream.fd, room, size_bytes, flags);
    if (count >= 0 || errno != EINTR) return count;
  }
}

ssize_t send_parts(StreamRecord& stream, Op& op, int flags) {
  constexpr std::uint32_t parts_max = 64;  // of one system call; far below IOV_MAX
  for (;;) {
    ssize_t count = 0;
    if (op.count == 1) {
      count = ::send(stream.fd, op.parts->iov_base, op.parts->iov_len, flags | MSG_NOSIGNAL);
    } else {
      msghdr message{};
      message.msg_iov = op.parts;
      message.msg_iovlen = std::min(op.count, parts_max);
      count = ::sendmsg(stream.fd, &message, flags | MSG_NOSIGNAL);
    }
    if (count < 0 && errno == EINTR && !forced(stream)) continue;
    if (count >= 0) take_off(op, static_cast<std::size_t>(count));
    return count;
  }
}

namespace {

/// socket(2) and connect(2), which begins: the descriptor is the op's result, or an error.
void connect(Op& op) {
  const Address& to = *op.address;
  Descriptor socket(::socket(to.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  if (socket && to.family() != AF_UNIX) {
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  const bool made = socket && ::connect(socket.get(), to.data(), to.size()) == 0;
  op.error = made ? 0 : errno;
  op.fd = socket.release();
}

int pending_error(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

/// What came of it; where sessions block they do so in recv(2).
void end_connect(Op& op, const Context& context) {
  const int fd = op.stream->record.fd;
  op.error = pending_error(fd);
  if (op.error == 0 && !context.turns) ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) & ~O_NONBLOCK);
}

}  // namespace

bool perform_at_once(Op& op, Context& context) {
  switch (op.verb) {
    case Verb::finish:  // ENOTCONN: the peer has reset the connection, which the next op will say
      ::shutdown(op.stream->record.fd, SHUT_WR);
      return true;
    case Verb::connect:
      connect(op);
      return true;
    case Verb::connected:
      end_connect(op, context);
      return true;
    case Verb::none:
    case Verb::read:
    case Verb::write:
    case Verb::write_some:
    case Verb::wait:
    case Verb::sleep:
    case Verb::offload:
      return false;
  }
  return false;
}

void take_off(Op& op, std::size_t sent_bytes) {
  while (op.count > 0 && sent_bytes >= op.parts->iov_len) {
    sent_bytes -= op.parts->iov_len;
    ++op.parts;
    --op.count;
  }
  if (op.count == 0) return;
  op.parts->iov_base = static_cast<char*>(op.parts->iov_base) + sent_bytes;
  op.parts->iov_len -= sent_bytes;
}

}  // namespace weir
