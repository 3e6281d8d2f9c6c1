#pragma once
#include <weir/io.hpp>
#include <weir/op.hpp>
#include <weir/stream.hpp>

#include "core/context.hpp"
#include "core/loans.hpp"
#include "core/socket.hpp"

namespace weir {

// What models share that ask the kernel which sockets are ready (select, poll, epoll) and then make
// system calls that do not wait. Each stream remembers, for each direction, what is known: *dry*
// (the last call found nothing more), *ready* (the kernel has said so since), or *maybe*. A call is
// tried only when it is not known to be in vain.

/// The parts of `attempt` that are not the usual case.
bool attempt_other(Op& op, Context& context);
bool attempt_rest_of_write(Op& op, Context& context);
void hold_sources(Op& op, Context& context);
void unhold_sources(Op& op);

inline bool attempt_read(Op& op, Context& context) {
  StreamRecord& stream = op.stream->record;
  if (stream.in == Readiness::dry || !context.loans.lend(*op.stream)) return false;
  const ssize_t count = receive(stream, stream.loan, Loans::size_bytes, MSG_DONTWAIT);
  if (count >= 0) [[likely]] {
    op.error = 0;
    op.buffer = {stream.loan, static_cast<std::size_t>(count)};
    // A short read has emptied the socket, unless its end is known to come next, or there have been
    // urgent bytes, before which recv stops: tcp(7).
    const bool emptied = count < static_cast<ssize_t>(Loans::size_bytes) && !stream.hangup;
    stream.in = emptied ? Readiness::dry : Readiness::maybe;
    return true;
  }
  if (errno == EAGAIN) {
    stream.in = Readiness::dry;
    return false;
  }
  op.error = errno;
  return true;
}

/// Tries to carry `op` out without waiting. True: it is done. False: its sockets are dry, or, for a
/// read whose stream is not dry, no buffer is left to lend.
inline bool attempt(Op& op, Context& context) {
  if (op.verb != Verb::write) return attempt_other(op, context);
  StreamRecord& stream = op.stream->record;
  if (stream.out == Readiness::dry) return false;
  return sent_at_once(stream, op) || attempt_rest_of_write(op, context);
}

/// `op` has to wait: marks it in flight, and its sockets as waited for. A read, or a wait to read,
/// gives its buffer back: an idle connection holds none.
inline void hold(Op& op, Context& context) {
  op.in_flight = true;
  if (op.verb == Verb::read) context.loans.take_back(*op.stream);
  if (op.verb == Verb::read || op.verb == Verb::write)
    op.stream->record.waiting = &op;
  else if (op.verb == Verb::wait)
    hold_sources(op, context);
}

/// Undoes `hold`, when the op is about to complete.
inline void unhold(Op& op) {
  op.in_flight = false;
  if (op.verb == Verb::read || op.verb == Verb::write)
    op.stream->record.waiting = nullptr;
  else if (op.verb == Verb::wait)
    unhold_sources(op);
}

/// The directions of `stream` that `op` waits for.
struct Directions {
  bool in = false;
  bool out = false;
};
Directions directions(const Op& op, const Stream& stream);

/// Calls `watch` with each stream that `op` waits for, until one call gives false. False if one
/// did.
template <class Watch>
bool each_stream(Op& op, Watch watch) {
  if (op.verb == Verb::read || op.verb == Verb::write) return watch(*op.stream);
  for (std::uint32_t i = 0; op.verb == Verb::wait && i < op.count; ++i) {
    if (op.sources[i].stream != nullptr && !watch(*op.sources[i].stream)) return false;
  }
  return true;
}

/// The first source of a wait that is known to be ready becomes its result; false when none is.
bool find_ready(Op& op);

/// Sets the result of an op whose deadline has passed: a sleep is over, a wait has its `until`,
/// anything else is late.
void settle_at_deadline(Op& op);

}  // namespace weir
