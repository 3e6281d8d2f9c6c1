#pragma once
#include <sys/types.h>

#include <weir/op.hpp>
#include <weir/stream.hpp>

namespace weir {

/// recv(2) into `size_bytes` at `room`, again when a signal interrupts it. While a drain is on, an
/// accepted stream gives once what has arrived, and then its end. Negative: errno says why.
ssize_t receive(StreamRecord& stream, char* room, std::size_t size_bytes, int flags);

/// send(2) or sendmsg(2) of the parts that `op` has left; takes what was sent off them. Never a
/// SIGPIPE. Negative: errno says why.
ssize_t send_parts(StreamRecord& stream, Op& op, int flags);

/// Takes `sent_bytes`, and empty parts, off the front of what `op` has left to write.
void take_off(Op& op, std::size_t sent_bytes);

}  // namespace weir
