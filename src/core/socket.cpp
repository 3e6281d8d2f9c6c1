#include "core/socket.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/socket.h>

#include "core/context.hpp"
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
