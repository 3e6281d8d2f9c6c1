// What becomes of connections: how they begin, what of their bytes arrives when, and how they end.
#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

#include "models/sim_network.hpp"

namespace weir::sim {

void Network::begin(const Plan& plan, Events& events, Random& random, Reach reach) {
  plan_ = &plan;
  events_ = &events;
  random_ = &random;
  reach_ = std::move(reach);
  used_ = unreached_ = 0;
  connections_.clear();
}

/// Makes a connection whose near end is the op's result.
void Network::connect(Op& op, Time now) {
  const std::uint32_t index = used_;
  used_ += 2;
  if (sockets_.size() < used_) sockets_.resize(std::max<std::size_t>(64, 2 * used_));
  for (std::uint32_t i : {index, index + 1}) {
    std::unique_ptr<char[]> bytes = std::move(sockets_[i].in.bytes);
    sockets_[i] = Socket{};
    sockets_[i].in.bytes = std::move(bytes);
  }
  Connection& made = connections_.emplace_back();
  made.to_service = op.address->text() == reach_.service;
  if (is_socket(op.stream->record)) made.parent = index_of(op.stream->record);
  break_at_random(index);

  Socket& near = sockets_[index];
  near.state = SocketState::connecting;
  op.fd = fd_of(index);
  op.error = EINPROGRESS;
  const bool refused = (!made.to_service && !reach_.elsewhere) || plan_->refuse(*random_);
  const bool lost = !refused && plan_->lose(*random_);
  if (refused || lost) excuse(index), ++unreached_;
  if (refused) near.connect_error = ECONNREFUSED;
  if (refused && below(*random_, 2) == 0) {  // at once, as on the same machine
    op.error = ECONNREFUSED;
    journal_.cover(Verb::connect, bit(Fault::refused));
  } else if (!lost) {
    soon(EventKind::established, index, now);
  }
}

/// Draws what is to happen to a connection.
void Network::break_at_random(std::uint32_t index) {
  Connection& made = connection(index);
  // One direction at most is small: a client that writes before it reads would wait for ever.
  if (plan_->tiny(*random_)) {
    sockets_[index + below(*random_, 2)].in.capacity = plan_->tiny_bytes;
  }
  if (plan_->reset(*random_)) {
    made.reset_in = 1 + static_cast<std::uint32_t>(below(*random_, 40));
  }
  if (!made.to_service) return;
  if (plan_->half_close(*random_)) {
    made.half_close_in = 1 + static_cast<std::uint32_t>(below(*random_, 12));
  }
  // Only a server that loses patience would ever come to an end.
  if (plan_->idle_timeout != Duration(0) && plan_->silence(*random_)) {
    sockets_[index + 1].in.lost_at = below(*random_, 200);
  }
}

void Network::establish(const Event& event, Time now, bool closed) {
  Socket& near = sockets_[event.socket];
  if (near.state != SocketState::connecting) return;  // given up
  if (closed && near.connect_error == 0) {
    near.connect_error = ECONNREFUSED;
    excuse(event.socket), ++unreached_;
  }
  near.state = SocketState::open;
  const bool refused = near.connect_error != 0;
  if (refused) journal_.cover(Verb::connect, bit(Fault::refused));
  if (event.slow) journal_.cover(Verb::connect, bit(Fault::delay));
  if (refused) return;
  sockets_[event.socket + 1].state = SocketState::queued;
  soon(EventKind::accept, event.socket + 1, now);
}

void Network::after_write(std::uint32_t index, std::uint64_t count, Time now) {
  const std::uint32_t to = index ^ 1;
  Pipe& pipe = sockets_[to].in;
  if (count > 1 && plan_->split(*random_)) {
    soon(EventKind::arrive, to, now, pipe.written - 1 - below(*random_, count - 1));
  }
  soon(EventKind::arrive, to, now, pipe.written);
}

void Network::after_whole_write(std::uint32_t index, Time now) {
  Connection& with = connection(index);
  if (index % 2 != 0 || with.half_close_in == 0 || --with.half_close_in != 0) return;
  with.faults |= bit(Fault::half_close);
  journal_.event(now, fmt::format("{} has finished", name_of_socket(index)));
  finish(index, now);
}

void Network::finish(std::uint32_t index, Time now) {
  Pipe& out = sockets_[index ^ 1].in;
  if (std::exchange(out.ended, true) || sockets_[index].reset) return;
  soon(EventKind::arrive, index ^ 1, now, out.written + 1);
}

void Network::happen(const Event& event, Time now, bool closed) {
  switch (event.kind) {
    case EventKind::arrive:
      return arrive(event, now);
    case EventKind::reset:
      return reset(event.socket);
    case EventKind::peer_reset:
      return peer_reset(event.socket);
    case EventKind::established:
      return establish(event, now, closed);
    case EventKind::look:
    case EventKind::accept:
    case EventKind::offload:
    case EventKind::request_end:
      return;
  }
}

void Network::arrive(const Event& event, Time now) {
  Socket& socket = sockets_[event.socket];
  Pipe& in = socket.in;
  if (socket.reset) return;
  const bool lost = event.mark > in.lost_at;
  if (lost && (connection(event.socket).faults & bit(Fault::silence)) == 0) {
    connection(event.socket).faults |= bit(Fault::silence);
    excuse(event.socket);
    journal_.event(now, fmt::format("{} hears nothing more", name_of_socket(event.socket)));
  }
  const std::uint64_t mark = std::min(event.mark, in.lost_at);
  if (mark > in.written)
    in.end_arrived = true;
  else if (plan_->coalesce(*random_))  // comes with what is written next, or after all
    return soon(EventKind::arrive, event.socket, now, event.mark);
  in.arrived = std::max(in.arrived, std::min(mark, in.written));
  if (socket.state != SocketState::closed || in.waiting() == 0) return;
  soon(EventKind::peer_reset, event.socket ^ 1, now);
}

void Network::excuse(std::uint32_t index) {
  for (;;) {
    Connection& with = connection(index);
    with.may_fail = true;
    if (with.parent == UINT32_MAX) return;
    index = with.parent;
  }
}

/// What is on its way is lost, and what has arrived, too.
void Network::reset(std::uint32_t index) {
  connection(index).faults |= bit(Fault::reset);
  excuse(index);
  peer_reset(index);
  peer_reset(index ^ 1);
}

void Network::peer_reset(std::uint32_t index) {
  Socket& socket = sockets_[index];
  socket.reset = true;
  socket.in.arrived = socket.in.written = socket.in.taken;
}

void Network::close(Stream& stream, Time now) {
  const std::uint32_t index = index_of(stream.record);
  Socket& socket = sockets_[index];
  stream.record.fd = -1;
  socket.stream = nullptr;
  if (socket.state == SocketState::connecting) {
    if (plan_->is_slow()) excuse(index);  // whose patience was too short
    if (socket.connect_error == 0) journal_.cover(Verb::connect, bit(Fault::time_out));
  } else if (socket.in.waiting() > 0 && !socket.reset) {
    soon(EventKind::peer_reset, index ^ 1, now);  // RFC 9112, section 9.6
  } else {
    finish(index, now);
  }
  socket.state = SocketState::closed;
}

std::uint32_t Network::open() const {
  return static_cast<std::uint32_t>(
      std::count_if(sockets_.begin(), sockets_.begin() + used_, [](const Socket& socket) {
        return socket.state == SocketState::connecting || socket.state == SocketState::open;
      }));
}

}  // namespace weir::sim
