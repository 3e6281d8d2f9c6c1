#pragma once
#include <cerrno>

#include <weir/op.hpp>
#include <weir/stream.hpp>

#include "core/loans.hpp"
#include "core/socket.hpp"

namespace weir {

struct Context;

/// Whether the socket's timeout is right for this read: there is none and none is needed, or there
/// is one that is the same for every read.
inline bool bounded_as_it_is(const StreamRecord& stream, const Op& read) {
  const bool bounded = stream.socket_timeout != Duration(0);
  return read.deadline == never ? !bounded : bounded && stream.deadline == never;
}

/// The rest of `perform_blocking`.
void perform_blocking_other(Op& op, Context& context);

/// Carries `op` out by system calls that wait: recv(2), send(2), poll(2). When it returns the op is
/// done. The loan of a stream is kept from its first read on: who blocks in recv needs a buffer.
///
/// A deadline costs no system call of its own: the socket's timeout (SO_RCVTIMEO, socket(7)) is set
/// once to no more than what remains, and when it fires early, set again.
inline void perform_blocking(Op& op, Context& context) {
  StreamRecord& stream = op.stream->record;
  if (op.verb == Verb::read && stream.loan != nullptr && bounded_as_it_is(stream, op)) {
    const ssize_t count = receive(stream, stream.loan, Loans::size_bytes, 0);
    op.buffer = {stream.loan, count >= 0 ? static_cast<std::size_t>(count) : 0};
    op.error = count >= 0 ? 0 : errno;
    if (op.error != EAGAIN) [[likely]]
      return;
    stream.socket_timeout = Duration(0);  // it fired: set it to what remains, if any
  }
  if (op.verb == Verb::write && sent_at_once(stream, op)) return;
  perform_blocking_other(op, context);
}

/// Closes the socket of a stream whose session is done with it, and ends its record.
void close_blocking(Stream& stream);

}  // namespace weir
