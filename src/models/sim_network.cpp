#include "models/sim_network.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>

#include <weir/io.hpp>
#include <weir/mailbox.hpp>

#include "core/loans.hpp"
#include "core/readiness.hpp"
#include "core/socket.hpp"
#include "core/work.hpp"

namespace weir::sim {

bool Network::attempt(Op& op, Context& context) {
  switch (op.verb) {
    case Verb::read:
      return read(op, context);
    case Verb::write:
    case Verb::write_some:
      return write(op, context);
    case Verb::wait:
      return wait(op, context);
    case Verb::finish:
      if (sockets_[index_of(op.stream->record) ^ 1].in.room() == 0) meet(op, Fault::full);
      finish(index_of(op.stream->record), context.now());
      return true;
    case Verb::connected:
      op.error = socket_of(op.stream->record).connect_error;
      return true;
    case Verb::connect:
      connect(op, context.now());
      return true;
    case Verb::none:
    case Verb::sleep:
    case Verb::offload:
      return false;
  }
  return false;
}

bool Network::holds_up(Op& op, Time now) {
  if (op.verb == Verb::write_some || !plan_->tardy(*random_)) return false;
  bool held_up = false;
  each_stream(op, [&](Stream& stream) {
    socket_of(stream.record).stream = &stream;
    if (!held_up) soon(EventKind::look, index_of(stream.record), now);
    held_up = true;
    return true;
  });
  return held_up;
}

/// A connection that was reset says so once, and from then on that it is gone: tcp(7).
bool Network::fails(Op& op, Socket& socket) {
  if (!socket.reset) return false;
  const bool first = !std::exchange(socket.reset_told, true);
  op.stream->record.ended = true;
  op.error = first ? ECONNRESET : op.verb == Verb::read ? 0 : EPIPE;
  op.buffer = {};
  return true;
}

bool Network::read(Op& op, Context& context) {
  StreamRecord& stream = op.stream->record;
  Socket& socket = socket_of(stream);
  Pipe& in = socket.in;
  socket.stream = op.stream;
  op.error = 0;
  // While a drain is on, an accepted stream gives once what has arrived, and then its end.
  const bool draining = stream.draining.load(std::memory_order_relaxed);
  const bool over = draining && std::exchange(stream.last_look, true);
  if (in.waiting() == 0 || over) {
    if (!over && fails(op, socket)) return true;
    op.buffer = {};
    stream.ended = over || draining || in.end_arrived;
    if (stream.ended) return true;
    stream.in = Readiness::dry;
    return false;
  }
  stream.in = Readiness::maybe;
  if (!context.loans.lend(*op.stream)) return false;
  std::uint64_t count = std::min<std::uint64_t>(in.waiting(), Loans::size_bytes);
  if (plan_->split(*random_)) count = 1 + below(*random_, count);
  if (in.room() == 0) meet(op, Fault::full);
  const std::uint64_t until = in.taken + count;
  if (in.boundary > in.taken && in.boundary < until) meet(op, Fault::coalesce);
  if (until < in.boundary || until < in.arrived) meet(op, Fault::split);
  in.take(stream.loan, count);
  op.buffer = {stream.loan, count};
  const std::uint32_t peer = index_of(stream) ^ 1;
  const Stream* writer = sockets_[peer].stream;
  if (writer != nullptr && writer->record.waiting != nullptr) {
    soon(EventKind::look, peer, context.now());
  }
  return true;
}

bool Network::write(Op& op, Context& context) {
  StreamRecord& stream = op.stream->record;
  const std::uint32_t index = index_of(stream);
  Socket& socket = sockets_[index];
  Socket& peer = sockets_[index ^ 1];
  socket.stream = op.stream;
  if (fails(op, socket)) return true;
  if (peer.in.ended) {
    op.error = EPIPE;
    return true;
  }
  std::uint64_t room = peer.in.room();
  const bool in_part = room > 1 && plan_->split(*random_);
  if (in_part) room = 1 + below(*random_, room);
  const std::uint64_t count = put_parts(op, peer.in, room);
  if (count > 0) after_write(index, count, context.now());
  if (op.count == 0) {
    after_whole_write(index, context.now());
    return true;
  }
  meet(op, in_part ? Fault::split : Fault::full);
  if (op.verb == Verb::write_some) return true;
  if (in_part) soon(EventKind::look, index, context.now());
  stream.out = Readiness::dry;
  if (count > 0 || op.deadline == never) {  // the bound is on the time without progress
    op.deadline = after(context.now(), context.work.limits.write_timeout);
  }
  return false;
}

std::uint64_t Network::put_parts(Op& op, Pipe& pipe, std::uint64_t room) {
  std::uint64_t count = 0;
  while (op.count > 0 && room > count) {
    const std::uint64_t part = std::min<std::uint64_t>(op.parts->iov_len, room - count);
    pipe.put(static_cast<const char*>(op.parts->iov_base), part);
    take_off(op, part);
    count += part;
  }
  return count;
}

bool Network::wait(Op& op, Context& context) {
  for (std::uint32_t i = 0; i < op.count; ++i) {
    if (!is_ready(op.sources[i], op)) continue;
    op.buffer.iov_len = i;
    return true;
  }
  if (op.deadline == never || op.deadline > context.now()) return false;
  settle_at_deadline(op);
  return true;
}

bool Network::is_ready(const Source& source, Op& op) {
  if (source.bell != nullptr) return source.bell->has_rung();
  if (source.stream == nullptr) return false;
  const StreamRecord& stream = source.stream->record;
  const std::uint32_t index = index_of(stream);
  Socket& socket = sockets_[index];
  socket.stream = source.stream;
  if (socket.state == SocketState::connecting) return false;
  if (socket.reset || socket.connect_error != 0) return true;
  if (source.kind == Source::Kind::writable) {
    const Pipe& out = sockets_[index ^ 1].in;
    if (out.room() > 0 || out.ended) return true;
    meet(op, Fault::full);
    return false;
  }
  const Pipe& in = socket.in;
  if (in.room() == 0) meet(op, Fault::full);
  if (in.waiting() == 0) return in.end_arrived || stream.draining.load(std::memory_order_relaxed);
  if (in.arrived < in.written) meet(op, Fault::split);
  if (in.boundary > in.taken && in.boundary < in.arrived) meet(op, Fault::coalesce);
  return true;
}

std::uint32_t Network::faults_of(const Op& op) const {
  const auto of = [this](const Stream* stream) {
    if (stream == nullptr || !is_socket(stream->record)) return 0u;
    return connections_[index_of(stream->record) / 2].faults;
  };
  std::uint32_t met = of(op.stream);
  if (op.verb != Verb::wait) return met;
  for (const Source& source : std::span(op.sources, op.count)) met |= of(source.stream);
  return met;
}

}  // namespace weir::sim
