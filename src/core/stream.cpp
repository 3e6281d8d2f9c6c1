#include <algorithm>
#include <cerrno>
#include <sys/socket.h>

#include <weir/error.hpp>
#include <weir/model.hpp>
#include <weir/stream.hpp>

#include "core/context.hpp"
#include "core/loans.hpp"
#include "core/sessions.hpp"
#include "core/socket.hpp"
#include "core/work.hpp"

namespace weir {

void Stream::bound_idle() {
  record.op.deadline = std::min(record.deadline, record.context->now() + record.idle_timeout);
}

ReadResult Stream::take_result() const noexcept {
  const Op& op = record.op;
  if (op.error != 0) return {{}, {op.error, std::system_category()}};
  return {{static_cast<char*>(op.buffer.iov_base), op.buffer.iov_len}, {}};
}

void Stream::fail(const char* doing) const {
  throw StreamError(record.op.error, doing);
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

void Stream::deadline(Duration timeout) {
  record.deadline = record.context->now() + timeout;
}
void Stream::no_deadline() {
  record.deadline = never;
}
Io& Stream::io() {
  return record.session->io;
}

}  // namespace weir
