#pragma once
#include <optional>

#include <weir/address.hpp>

#include "core/descriptor.hpp"

namespace weir {

/// A listening socket. Never blocks: who wants to wait for a connection polls it.
class Listener {
 public:
  /// Listens on `address`; port 0 picks a free one. A unix path left by a server that is gone is
  /// replaced. Throws std::system_error (EADDRINUSE, EACCES, ...). listen(2)
  Listener(const Address& address, int backlog);
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

  /// Stops listening: connections that are not yet accepted are reset by the kernel.
  void close();

 private:
  Accepted refuse_one();

  Descriptor socket_;
  Descriptor reserve_;  // given up for a moment to close a connection when there is none left
  Address address_;
  int backlog_;
};

}  // namespace weir
