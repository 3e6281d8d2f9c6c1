#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include <weir/error.hpp>
#include <weir/stream.hpp>

#include "core/context.hpp"
#include "core/loans.hpp"
#include "core/model.hpp"
#include "core/sessions.hpp"
#include "core/socket.hpp"
#include "core/work.hpp"

namespace weir {

bool Stream::start_read() {
  Op& op = record.op;
  op.verb = Verb::read;
  op.deadline = record.deadline;
  const Duration idle_timeout = record.context->work.limits.idle_timeout;
  if (idle_timeout != Duration(0) && record.accepted) {
    op.deadline = std::min(op.deadline, record.context->now() + idle_timeout);
  }
  return record.model->start(op) == Started::done;
}

ReadResult Stream::take_result() noexcept {
  const Op& op = record.op;
  if (op.error != 0) {
    record.ended = op.error != ETIMEDOUT;
    return {{}, {op.error, std::system_category()}};
  }
  if (op.buffer.iov_len == 0) record.ended = true;
  return {{static_cast<char*>(op.buffer.iov_base), op.buffer.iov_len}, {}};
}

Bytes Stream::take_bytes() {
  const Op& op = record.op;
  if (op.error != 0 || op.buffer.iov_len == 0) [[unlikely]] {
    const ReadResult result = take_result();
    if (result.error) throw StreamError(result.error.value(), "read");
    return {};
  }
  return {static_cast<char*>(op.buffer.iov_base), op.buffer.iov_len};
}

bool Stream::start_write(iovec* parts, std::uint32_t count) {
  Op& op = record.op;
  op.verb = Verb::write;
  op.parts = parts;
  op.count = count;
  op.deadline = never;  // it begins when the kernel does not take everything
  op.error = 0;
  take_off(op, 0);
  return op.count == 0 || record.model->start(op) == Started::done;
}

void Stream::take_written() {
  if (record.op.error == 0) return;
  record.ended = true;
  throw StreamError(record.op.error, "write");
}

std::size_t Stream::write_some(std::string_view bytes) {
  Op& op = record.op;
  op.verb = Verb::write_some;
  op.buffer = {const_cast<char*>(bytes.data()), bytes.size()};
  op.parts = &op.buffer;
  op.count = 1;
  op.error = 0;
  record.model->start(op);
  take_written();
  return op.count == 0 ? bytes.size() : bytes.size() - op.buffer.iov_len;
}

void Stream::finish() {
  // ENOTCONN: the peer has reset the connection, which the next read or write will say.
  ::shutdown(record.fd, SHUT_WR);
}

void Stream::deadline(Duration timeout) { record.deadline = record.context->now() + timeout; }
void Stream::no_deadline() { record.deadline = never; }
Io& Stream::io() { return record.session->io; }

}  // namespace weir
