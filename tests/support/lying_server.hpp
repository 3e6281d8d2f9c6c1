// A framed server that can lie about one byte.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <thread>

namespace weir::test {

struct Lie {
  enum class Kind { none, alter, drop, add };

  Kind kind = Kind::none;
  std::size_t at = 0;  ///< the byte of the answer, the greeting being byte 0

  /// Returns what it does, as the name of a test: `drops_byte_3`.
  std::string name() const;
};

std::ostream& operator<<(std::ostream& out, const Lie& lie);

/// Serves one connection after the other on a port of 127.0.0.1, in a thread of its own, and tells
/// each client the same lie. Its answers to a client end where the client's requests do.
class LyingServer {
 public:
  /// Throws std::system_error.
  explicit LyingServer(Lie lie);
  ~LyingServer();
  LyingServer(const LyingServer&) = delete;
  LyingServer& operator=(const LyingServer&) = delete;

  std::string port() const { return std::to_string(port_); }

  /// Waits until it has answered some thousands of requests.
  void wait_until_busy() const;

 private:
  void serve();
  void converse(int fd);

  const Lie lie_;
  int listener_;
  std::uint16_t port_ = 0;
  std::atomic<int> answers_ = 0;
  std::thread thread_;
};

}  // namespace weir::test
