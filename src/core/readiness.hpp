#pragma once
#include <weir/op.hpp>

namespace weir {

struct Context;

// What models share that ask the kernel which sockets are ready (select, poll, epoll) and then make
// system calls that do not wait. Each stream remembers, for each direction, what is known: *dry* (the
// last call found nothing more), *ready* (the kernel has said so since), or *maybe*. A call is tried
// only when it is not known to be in vain.

/// Tries to carry `op` out without waiting. True: it is done. False: its sockets are dry, or, for a
/// read whose stream is not dry, no buffer is left to lend.
bool attempt(Op& op, Context& context);

/// `op` has to wait: marks it in flight, and its sockets as waited for. A read, or a wait to read,
/// gives its buffer back: an idle connection holds none.
void hold(Op& op, Context& context);

/// Undoes `hold`, when the op is about to complete.
void unhold(Op& op);

/// Sets the result of an op whose deadline has passed: a sleep is over, a wait has its `until`,
/// anything else is late.
void settle_at_deadline(Op& op);

}  // namespace weir
