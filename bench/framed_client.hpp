// A client of the framed protocol that does one thing at a time, on a plain socket: where requests
// are counted, not timed, nothing of weir should stand on the client's side.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lab/descriptor.hpp"

namespace weir::bench {

/// A connection. Its functions throw std::system_error when the socket fails or nothing comes for
/// half a minute, and std::runtime_error when the server ends the connection or answers wrongly.
class FramedClient {
 public:
  static constexpr std::size_t request_bytes = 64;

  /// Connects to a server on `port` of 127.0.0.1 and reads its greeting. The connection comes from
  /// `source`, an address of the loopback network: each has its own ports.
  explicit FramedClient(std::uint16_t port, const std::string& source = "127.0.0.1");

  /// One request of `request_bytes` bytes and its answer, which is checked.
  void exchange();

  /// Half-closes and waits for the server to close: its session is over then.
  void finish();

 private:
  std::string receive(std::size_t size);

  lab::Descriptor socket_;
};

}  // namespace weir::bench
