#pragma once
// The network of the simulation: connections of two sockets each, and the bytes between them.
#include <cstdint>
#include <string>
#include <vector>

#include <weir/op.hpp>
#include <weir/stream.hpp>

#include "core/context.hpp"
#include "models/sim_events.hpp"
#include "models/sim_journal.hpp"
#include "models/sim_pipe.hpp"
#include "models/sim_plan.hpp"

namespace weir::sim {

/// `queued`: it waits to be accepted.
enum class SocketState : std::uint8_t { unused, connecting, queued, open, closed };

struct Socket {
  Stream* stream = nullptr;  // whose it is, once it is known
  Pipe in;
  SocketState state = SocketState::unused;
  bool reset = false;
  bool reset_told = false;
  int connect_error = 0;
};

/// Of a connection; its sockets are 2n, the one that connected, and 2n + 1.
struct Connection {
  std::uint32_t parent = UINT32_MAX;  // that of the session which connected
  std::uint32_t faults = 0;           // that have happened to it: bits
  std::uint32_t reset_in = 0;         // in so many ops; 0: it isn't
  std::uint32_t half_close_in = 0;    // in so many writes of the client; 0: it isn't
  bool to_service = false;
  bool may_fail = false;  // something has happened after which an exchange may break off
};

class Network {
 public:
  static constexpr int first_fd = 1 << 28;  // far from any that the kernel gives

  explicit Network(Journal& journal) : journal_(journal) {}

  /// Who can be connected to: the service, and whether there is anybody elsewhere.
  struct Reach {
    std::string service;
    bool elsewhere = false;
  };
  void begin(const Plan& plan, Events& events, Random& random, Reach reach);

  Socket& socket_of(const StreamRecord& stream) { return sockets_[index_of(stream)]; }
  Socket& socket(std::uint32_t index) { return sockets_[index]; }
  Connection& connection(std::uint32_t socket_index) { return connections_[socket_index / 2]; }
  static std::uint32_t index_of(const StreamRecord& stream) {
    return static_cast<std::uint32_t>(stream.fd - first_fd);
  }
  static int fd_of(std::uint32_t index) { return first_fd + static_cast<int>(index); }
  static bool is_socket(const StreamRecord& stream) { return stream.fd >= first_fd; }

  /// Tries to carry the op out, without waiting. Sets the faults that it meets.
  bool attempt(Op& op, Context& context);
  /// Of whose ops something happened: what its connection has been through, too.
  std::uint32_t faults_of(const Op& op) const;

  /// Whether the op has to wait, though it might be done at once: it is tried again soon.
  bool holds_up(Op& op, Time now);
  /// What an event does to its socket. `closed`: nobody listens any more.
  void happen(const Event& event, Time now, bool closed);
  /// Does what close(2) does.
  void close(Stream& stream, Time now);
  /// Ends the writes of a socket.
  void finish(std::uint32_t index, Time now);
  /// An exchange on this connection, and on the one whose session made it, may break off.
  void excuse(std::uint32_t index);
  /// An op of its stream has completed: whether that was one too many.
  bool breaks_now(std::uint32_t index) {
    std::uint32_t& left = connection(index).reset_in;
    return left != 0 && --left == 0;
  }

  /// Adds an event for `index` within the usual latency, or beyond.
  void soon(EventKind kind, std::uint32_t index, Time now, std::uint64_t mark = 0);
  Duration latency() {
    const Duration spread = plan_->latency_most - plan_->latency_least;
    return plan_->latency_least +
           Duration(below(*random_, static_cast<std::uint64_t>(spread.count()) + 1));
  }
  /// Sockets are numbered up to here.
  std::uint32_t used() const { return used_; }
  /// How many clients can't have reached the service.
  std::uint32_t unreached() const { return unreached_; }
  /// How many sockets are not closed.
  std::uint32_t open() const;

 private:
  void connect(Op& op, Time now);
  void break_at_random(std::uint32_t index);
  void arrive(const Event& event, Time now);
  void establish(const Event& event, Time now, bool closed);
  void reset(std::uint32_t index);
  void peer_reset(std::uint32_t index);
  bool read(Op& op, Context& context);
  bool write(Op& op, Context& context);
  bool wait(Op& op, Context& context);
  bool is_ready(const Source& source, Op& op);
  bool fails(Op& op, Socket& socket);
  std::uint64_t put_parts(Op& op, Pipe& pipe, std::uint64_t room);
  void after_write(std::uint32_t index, std::uint64_t count, Time now);
  void after_whole_write(std::uint32_t index, Time now);

  Journal& journal_;
  const Plan* plan_ = nullptr;
  Events* events_ = nullptr;
  Random* random_ = nullptr;
  Reach reach_;
  std::vector<Socket> sockets_;
  std::vector<Connection> connections_;
  std::uint32_t used_ = 0;  // sockets
  std::uint32_t unreached_ = 0;
};

inline void Network::soon(EventKind kind, std::uint32_t index, Time now, std::uint64_t mark) {
  Event event{now + latency(), 0, kind, false, index, mark, nullptr};
  if (plan_->slow(*random_)) {
    event.slow = true;
    event.at += Duration(below(*random_, static_cast<std::uint64_t>(plan_->slow_most.count())));
  }
  events_->add(event);
}

/// `Network::attempt`, for ReadyLoop.
struct Attempt {
  Network& network;
  bool operator()(Op& op, Context& context) const { return network.attempt(op, context); }
};

/// What an op has met so far is kept in its stream's `interest`, which is the model's, and this model
/// has no other use for it. Beside the faults it says whether the op is pending.
inline constexpr std::uint32_t pending = 1u << 31;
inline void meet(Op& op, Fault fault) {
  op.stream->record.interest |= bit(fault);
}

}  // namespace weir::sim
