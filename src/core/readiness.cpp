#include "core/readiness.hpp"

#include <array>
#include <cerrno>
#include <poll.h>
#include <span>
#include <sys/socket.h>

#include <weir/io.hpp>
#include <weir/mailbox.hpp>

#include "core/context.hpp"
#include "core/loans.hpp"
#include "core/socket.hpp"
#include "core/work.hpp"

namespace weir {
namespace {

void attempt_write_some(Op& op) {
  StreamRecord& stream = op.stream->record;
  const ssize_t count = send_parts(stream, op, MSG_DONTWAIT);
  if (count < 0 && errno != EAGAIN) op.error = errno;
  if (op.count > 0) stream.out = Readiness::dry;
}

Readiness& side(const Source& source) {
  StreamRecord& stream = source.stream->record;
  return source.kind == Source::Kind::readable ? stream.in : stream.out;
}

}  // namespace

bool find_ready(Op& op) {
  for (std::uint32_t i = 0; i < op.count; ++i) {
    const Source& source = op.sources[i];
    const bool ready = source.stream != nullptr ? side(source) == Readiness::ready
                                                : source.bell != nullptr && source.bell->has_rung();
    if (!ready) continue;
    op.buffer.iov_len = i;
    return true;
  }
  return false;
}

namespace {

/// poll(2), without waiting, settles what is only perhaps ready. What it finds dry will be reported
/// by the kernel when it changes, in edge-triggered epoll too: that edge is still to come.
void ask_about_maybes(Op& op) {
  std::array<pollfd, wait_sources_max> asked{};
  bool any = false;
  for (std::uint32_t i = 0; i < op.count; ++i) {
    const Source& source = op.sources[i];
    const bool maybe = source.stream != nullptr && side(source) == Readiness::maybe;
    const short events = source.kind == Source::Kind::readable ? POLLIN : POLLOUT;
    asked[i] = {maybe ? source.stream->record.fd : -1, events, 0};
    any |= maybe;
  }
  if (!any) return;
  ::poll(asked.data(), op.count, 0);
  for (std::uint32_t i = 0; i < op.count; ++i) {
    if (asked[i].fd < 0) continue;
    side(op.sources[i]) = asked[i].revents != 0 ? Readiness::ready : Readiness::dry;
  }
}

bool attempt_wait(Op& op, Context& context) {
  if (find_ready(op)) return true;
  ask_about_maybes(op);
  if (find_ready(op)) return true;
  if (op.deadline == never || op.deadline > context.now()) return false;
  settle_at_deadline(op);
  return true;
}

}  // namespace

bool attempt_rest_of_write(Op& op, Context& context) {
  StreamRecord& stream = op.stream->record;
  const std::uint32_t parts_before = op.count;
  const std::size_t left_before = op.parts->iov_len;
  while (op.count > 0) {
    const ssize_t count = send_parts(stream, op, MSG_DONTWAIT);
    if (count >= 0) continue;
    if (errno != EAGAIN) {
      op.error = errno;
      return true;
    }
    stream.out = Readiness::dry;
    break;
  }
  if (op.count == 0) return true;
  // The bound is on the time without progress.
  const bool progress = op.count != parts_before || op.parts->iov_len != left_before;
  if (progress || op.deadline == never) {
    op.deadline = after(context.now(), context.work.limits.write_timeout);
  }
  return false;
}

bool attempt_other(Op& op, Context& context) {
  if (op.verb == Verb::read) return attempt_read(op, context);
  if (op.verb == Verb::wait) return attempt_wait(op, context);
  if (op.verb != Verb::write_some) return perform_at_once(op, context);
  attempt_write_some(op);
  return true;
}

void hold_sources(Op& op, Context& context) {
  op.turn = context.turn_number;
  for (const Source& source : std::span(op.sources, op.count)) {
    if (source.bell != nullptr) source.bell->listen(op, context.inbox);
    if (source.stream == nullptr) continue;
    source.stream->record.waiting = &op;
    if (source.kind == Source::Kind::readable) context.loans.take_back(*source.stream);
  }
}

void unhold_sources(Op& op) {
  for (const Source& source : std::span(op.sources, op.count)) {
    if (source.stream != nullptr) source.stream->record.waiting = nullptr;
    if (source.bell != nullptr) source.bell->ignore();
  }
}

Directions directions(const Op& op, const Stream& stream) {
  if (op.verb != Verb::wait) return {op.verb == Verb::read, op.verb == Verb::write};
  Directions wanted;
  for (const Source& source : std::span(op.sources, op.count)) {
    if (source.stream != &stream) continue;
    (source.kind == Source::Kind::readable ? wanted.in : wanted.out) = true;
  }
  return wanted;
}

void settle_at_deadline(Op& op) {
  op.error = op.verb == Verb::sleep ? 0 : ETIMEDOUT;
  if (op.verb != Verb::wait) return;
  for (std::uint32_t i = 0; i < op.count; ++i) {
    if (op.sources[i].kind != Source::Kind::until || op.sources[i].time > op.deadline) continue;
    op.error = 0;
    op.buffer.iov_len = i;
    return;
  }
}

}  // namespace weir
