// Connections over 127.0.0.1.
#pragma once

#include <cstddef>
#include <netinet/in.h>

#include "core/descriptor.hpp"

namespace weir::prices {

/// A socket that listens on loopback.
class Loopback {
 public:
  /// Throws std::system_error.
  Loopback();

  /// Returns a connection's end. Throws std::system_error.
  Descriptor connect() const;
  /// Returns the other end of one that is or will be made, or throws std::system_error when none
  /// is for five seconds. Reads from it give up after as many, with EAGAIN. `flags`: of accept4(2)
  Descriptor accept(int flags = 0) const;

  int get() const { return listener_.get(); }

 private:
  Descriptor listener_;
  sockaddr_in address_{};
};

/// Throws std::runtime_error when the limit of open files leaves no room for so many connections beside
/// what is open anyway. getrlimit(2), RLIMIT_NOFILE.
void need_descriptors_for(std::size_t connections);

/// Small messages go out at once. tcp(7), TCP_NODELAY. Throws std::system_error.
void send_without_delay(const Descriptor& socket);

/// Lets reads from an accepted socket wait for ever. socket(7), SO_RCVTIMEO. Throws
/// std::system_error.
void be_patient(const Descriptor& socket);

}  // namespace weir::prices
