// A TCP client for tests: says what is sent when, and tells exactly what came back.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "support/socket_diag.hpp"

namespace weir::test {

/// How long a test waits for what must happen. Nobody asserts it: it only turns a hang into a
/// failure that says what was waited for.
inline constexpr std::chrono::seconds patience{90};

/// A connected socket, owned.
class Client {
 public:
  enum class Ending { closed, reset };

  struct Options {
    int socket_buffer_bytes = 0;  ///< of both directions; 0: as the kernel likes
  };

  /// Connects to an IPv4 address in digits. Throws std::system_error.
  Client(const std::string& host, std::uint16_t port, Options options);
  Client(const std::string& host, std::uint16_t port);
  Client(Client&& other) noexcept;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  Client& operator=(Client&&) = delete;
  ~Client();

  /// Sends everything, keeping what arrives meanwhile for receive(), so that neither side waits for
  /// the other in vain. Throws std::system_error when the server is gone.
  void send(std::string_view bytes);

  /// Sends what the kernel takes at once and returns how many bytes that were. Reads nothing.
  std::size_t send_some(std::string_view bytes);

  /// Sends a byte that jumps the queue: tcp(7), MSG_OOB.
  void send_urgent(char byte);

  /// Sends `^` and then on and on without ever reading, until nothing moves any more: the answers
  /// find no room, so the server stops reading, so the kernel takes no more here. Gives up after
  /// `bytes_max`. Returns how many bytes were sent.
  std::size_t send_and_never_read(std::size_t bytes_max);

  /// Reads nothing, until nothing more arrives: the server has sent what finds room on the way.
  void wait_until_standstill() const;

  /// Waits until `size` bytes have come; fewer are returned only when the server ended before.
  std::string receive(std::size_t size);

  /// Whether something has come, or the end, that was not yet received. Doesn't wait.
  bool has_answer() const;

  /// Waits until the server ends, and returns all that came before. Throws std::system_error when
  /// it ended by a reset.
  std::string receive_to_end();

  /// Waits until the server ends; what came before is dropped. Returns how it ended.
  Ending wait_for_end();

  /// Returns what has arrived, possibly nothing, without waiting. Throws std::system_error when the
  /// server ended by a reset.
  std::string take_arrived();

  /// The client has finished sending (half-close).
  void finish();

  /// Ends the connection at once by a reset (SO_LINGER with 0 seconds).
  void reset();

  /// Waits until the server's process has read all that was sent so far, so that what is sent next
  /// comes to it by another read. Observed at the server's socket (sock_diag(7)).
  void wait_until_taken();

  /// Waits until all that was sent so far is at the server's socket, be it accepted or not.
  void wait_until_arrived() const;

  /// Waits until the server's side of the connection is reset, closed or shut down, without reading
  /// what it sent before: for clients that don't read.
  void wait_until_dropped();

  /// The socket, to be waited for.
  int fd() const { return fd_; }

  /// The bytes sent so far.
  std::size_t sent() const { return sent_; }

 private:
  bool read_more(std::size_t at_most);
  std::optional<SocketState> server_side(SocketDiag& diag) const;

  int fd_ = -1;
  bool ended_ = false;
  std::size_t sent_ = 0;
  std::string received_;  // and not yet given out
};

/// Where two byte strings differ first, in words, or "" when they are equal. (A failure that prints
/// 5 MB helps nobody.)
std::string difference(std::string_view expected, std::string_view actual);

}  // namespace weir::test
