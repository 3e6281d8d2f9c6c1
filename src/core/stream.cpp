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

/// Bounds the read that starts. True: its deadline has passed already, whatever has arrived.
bool Stream::is_late() {
  Op& op = record.op;
  op.deadline = record.deadline;
  if (record.deadline == never && record.idle_timeout == Duration(0)) return false;
  const Time now = record.context->now();
  if (record.idle_timeout != Duration(0)) {
    op.deadline = std::min(op.deadline, after(now, record.idle_timeout));
  }
  if (record.deadline > now) return false;
  op.error = ETIMEDOUT;
  return true;
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

void Stream::deadline(Duration timeout) {
  record.deadline = after(record.context->now(), timeout);
  record.bounded = true;
}
void Stream::no_deadline() {
  record.deadline = never;
}
Io& Stream::io() {
  return record.session->io;
}

}  // namespace weir
