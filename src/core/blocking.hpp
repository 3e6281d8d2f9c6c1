#pragma once
#include <weir/op.hpp>

namespace weir {

struct Context;

/// Carries `op` out by system calls that wait: recv(2), send(2), poll(2). When it returns the op is
/// done. The loan of a stream is kept from its first read on: who blocks in recv needs a buffer.
///
/// A deadline costs no system call of its own: the socket's timeout (SO_RCVTIMEO, socket(7)) is set
/// once to no more than what remains, and when it fires early, set again.
void perform_blocking(Op& op, Context& context);

/// Closes the socket of a stream whose session is done with it, and ends its record.
void close_blocking(Stream& stream);

}  // namespace weir
