#pragma once
#include <cerrno>
#include <sys/socket.h>
#include <sys/types.h>

#include <weir/op.hpp>
#include <weir/stream.hpp>

namespace weir {

struct Context;

/// Takes `sent_bytes`, and empty parts, off the front of what `op` has left to write.
void take_off(Op& op, std::size_t sent_bytes);

/// The rest of `receive`, for when a signal came in between or a drain is on.
ssize_t receive_again(StreamRecord& stream, char* room, std::size_t size_bytes, int flags);

/// recv(2) into `size_bytes` at `room`, again when a signal interrupts it. While a drain is on, an
/// accepted stream gives once what has arrived, and then its end. Negative: errno says why.
inline ssize_t receive(StreamRecord& stream, char* room, std::size_t size_bytes, int flags) {
  if (!stream.draining.load(std::memory_order_relaxed)) [[likely]] {
    const ssize_t count = ::recv(stream.fd, room, size_bytes, flags);
    if (count >= 0 || errno != EINTR) [[likely]]
      return count;
  }
  return receive_again(stream, room, size_bytes, flags);
}

/// send(2) or sendmsg(2) of the parts that `op` has left; takes what was sent off them. Never a
/// SIGPIPE. Negative: errno says why.
ssize_t send_parts(StreamRecord& stream, Op& op, int flags);

/// Carries out what never waits: finish, connect, connected. False: it is another verb.
bool perform_at_once(Op& op, Context& context);

/// The usual case of a write, in one call: a single part, which the kernel takes as a whole, or fails
/// to, with `error` set. False: there is more, and what was sent is taken off; `send_parts` goes on.
inline bool sent_at_once(StreamRecord& stream, Op& op) {
  if (op.count != 1) return false;
  const std::size_t size_bytes = op.parts->iov_len;
  const ssize_t count =
      ::send(stream.fd, op.parts->iov_base, size_bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (count == static_cast<ssize_t>(size_bytes)) [[likely]] {
    op.count = 0;
    return true;
  }
  if (count > 0) {
    take_off(op, static_cast<std::size_t>(count));
    op.deadline = never;  // progress: the write timeout begins anew
  } else if (count < 0 && errno != EAGAIN && errno != EINTR) {
    op.error = errno;  // the kernel tells it once
    return true;
  }
  return false;
}

}  // namespace weir
