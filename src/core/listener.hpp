#pragma once
#include <optional>
#include <sys/types.h>

#include <weir/address.hpp>

#include "core/accept.hpp"
#include "core/descriptor.hpp"

namespace weir {

/// A listening socket. Never blocks: who wants to wait for a connection polls it.
class Listener {
 public:
  /// Listens on `address`; port 0 picks a free one. A unix path left by a server that is gone is
  /// replaced. Throws std::system_error (EADDRINUSE, EACCES, ...). listen(2)
  Listener(const Address& address, int backlog) : Listener(address, backlog, Port::own) {}

  /// Whether other sockets of this server listen on the same port, each with a queue of its own:
  /// SO_REUSEPORT, socket(7).
  enum class Port {
    own,
    first_shard,  // the others bind to the address that this one got
    next_shard,
  };
  Listener(const Address& address, int backlog, Port port);

  /// Another descriptor of the same socket, for a worker: dup(2). It must be taken out of an epoll
  /// instance before it is closed, since the socket lives on. Throws std::system_error.
  Listener duplicate(Accept accept) const;
  /// Other workers wait at the same socket.
  bool shared() const { return shared_; }

  Listener(Listener&&) = default;
  Listener& operator=(Listener&&) = default;
  ~Listener();

  int fd() const { return socket_.get(); }
  /// Where it really listens.
  const Address& address() const { return address_; }
  int backlog() const { return backlog_; }

  enum class Outcome {
    connection,  // `fd` is one
    none,        // there is none now
    refused,     // out of descriptors or memory: one was closed at once, if that was possible
  };
  struct Accepted {
    Outcome outcome = Outcome::none;
    Descriptor fd;
  };
  /// Takes the next connection: accept4(2). Goes on over connections that ended in the queue.
  Accepted accept();

  /// How many connections wait to be taken; as many as can, where the kernel doesn't say. tcp(7),
  /// TCP_INFO: of a listening socket `tcpi_unacked` is that.
  int queued() const;

  /// Stops listening. When no other descriptor of the socket is left, connections that are not yet
  /// accepted are reset by the kernel.
  void close();

 private:
  Listener() = default;
  Accepted refuse_one();

  Descriptor socket_;
  Descriptor reserve_;  // given up for a moment to close a connection when there is none left
  Address address_;
  int backlog_ = 0;
  bool shared_ = false;
  pid_t path_owner_ = 0;  // the process that takes the path of a unix socket away when it closes
};

}  // namespace weir
