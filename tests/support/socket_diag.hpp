// What the kernel knows of another process's socket: sock_diag(7), the source of ss(8). Asking for
// one socket takes a few microseconds, however many there are (/proc/net/tcp lists them all).
#pragma once

#include <cstdint>
#include <netinet/in.h>
#include <optional>

namespace weir::test {

struct SocketState {
  bool established = false;         ///< both directions are open
  std::uint64_t arrived_bytes = 0;  ///< payload that the kernel has received in all
  std::uint32_t unread_bytes = 0;   ///< arrived, but not yet read by the process
  std::uint32_t unacked_bytes = 0;  ///< written by the process, but not yet taken by the peer
};

class SocketDiag {
 public:
  /// Throws std::system_error when the kernel has no sock_diag.
  SocketDiag();
  SocketDiag(const SocketDiag&) = delete;
  SocketDiag& operator=(const SocketDiag&) = delete;
  ~SocketDiag();

  /// Returns the state of the connected socket whose own address is `local` and whose peer's is
  /// `remote`; nullopt when there is none. Throws std::system_error.
  std::optional<SocketState> look(const sockaddr_in& local, const sockaddr_in& remote);

 private:
  int fd_;
};

}  // namespace weir::test
