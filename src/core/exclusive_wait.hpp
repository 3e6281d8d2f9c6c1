#pragma once
#include <span>

#include "core/descriptor.hpp"
#include "core/listener.hpp"

namespace weir {

/// A blocking wait for a connection at listeners that other workers wait at, too: one of those that
/// are idle is woken for each connection, not all. epoll_ctl(2), EPOLLEXCLUSIVE.
class ExclusiveWait {
 public:
  /// Throws std::system_error.
  ExclusiveWait(std::span<const Listener> listeners, int requested_fd);

  /// Waits. Returns the index of a listener that may have a connection, which another worker may
  /// be quicker to take; -1 when the end is asked for, or a signal came.
  int next();

 private:
  Descriptor epoll_;
};

}  // namespace weir
