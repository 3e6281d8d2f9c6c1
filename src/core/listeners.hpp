#pragma once
#include <cstdint>
#include <vector>

#include <weir/address.hpp>

#include "core/accept.hpp"
#include "core/listener.hpp"

namespace weir {

/// The listening sockets of a server with several workers. They are opened before there is any, and
/// stay open: what queues at the socket of a worker that died is served by its successor.
class Listeners {
 public:
  Listeners(std::uint32_t workers, Accept accept) : workers_(workers), accept_(accept) {}

  /// Listens on `address`, with a socket for each worker or one for all. A unix socket can't be
  /// sharded. Throws std::system_error as Listener does.
  void add(const Address& address, int backlog);

  /// What worker number `worker`, from 0, listens on: descriptors of its own.
  std::vector<Listener> of(std::uint32_t worker) const;

  /// Where they really listen.
  std::vector<Address> addresses() const;

  /// Closes these descriptors. The sockets live on while a worker has one.
  void close() { by_address_.clear(); }

 private:
  std::uint32_t workers_;
  Accept accept_;
  std::vector<std::vector<Listener>> by_address_;  // one for each worker, or one for all
};

}  // namespace weir
