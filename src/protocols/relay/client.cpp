#include "relay/client.hpp"

#include <algorithm>
#include <memory>
#include <string>

namespace weir::relay {
namespace {

Task<> nothing(Stream&) {
  co_return;
}

/// `size` bytes of which none is like the one before, so that a byte that is lost or comes twice is
/// found out.
std::string sample(std::size_t size) {
  constexpr std::size_t period = 251;  // a prime: in step with no buffer
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i % period);
  return bytes;
}

Task<> exchange(Stream& server, const std::string& request) {
  co_await server.write(request);
  std::size_t seen = 0;
  while (seen < request.size()) {
    const Bytes answer = co_await server.read();
    if (answer.empty()) throw ProtocolError("the server closed before everything had come back");
    if (std::string_view(request).substr(seen, answer.size()) != std::string_view(answer)) {
      throw ProtocolError("what came back is not what was sent, after " + std::to_string(seen) +
                          " right bytes");
    }
    seen += answer.size();
  }
}

}  // namespace

Task<> echo(Stream& peer) {
  while (const Bytes bytes = co_await peer.read()) {
    co_await peer.write(bytes);
  }
}

Exchanges exchanges() {
  const auto make = [](std::size_t request_bytes) {
    const auto request =
        std::make_shared<const std::string>(sample(std::max<std::size_t>(1, request_bytes)));
    return [request](Stream& server) { return exchange(server, *request); };
  };
  Exchanges exchanges{nothing, make};
  exchanges.answers = same_answers;  // what is sent comes back
  return exchanges;
}

}  // namespace weir::relay
