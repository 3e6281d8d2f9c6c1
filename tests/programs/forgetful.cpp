// A service with a bug that sockets hardly show: it forgets, where the network splits a message, that
// it is inside of one. For tests of the simulator.
#include <string>

#include <weir/weir.hpp>

namespace {

weir::Task<> session(weir::Stream& peer) {
  while (weir::Bytes bytes = co_await peer.read()) {
    std::string answer;
    for (std::size_t i = 0; i < bytes.size() && bytes.data()[i] != '\n'; ++i) answer += '.';
    answer += '\n';  // whether the line's end is among the bytes, or not
    co_await peer.write(answer);
  }
}

weir::Task<> exchange(weir::Stream& server, std::size_t bytes) {
  const std::string sent(bytes, 'x');
  const std::string expected = std::string(bytes, '.') + '\n';
  co_await server.write(sent, "\n");
  std::string answer;
  while (answer.size() < expected.size()) {
    const weir::Bytes more = co_await server.read();
    if (more.empty()) throw weir::ProtocolError("the server closed the connection");
    answer += std::string_view(more);
  }
  if (answer != expected) throw weir::ProtocolError("the server sent a wrong byte");
}

}  // namespace

int main(int argc, char** argv) {
  const auto make = [](std::size_t bytes) {
    return [bytes](weir::Stream& server) { return exchange(server, bytes); };
  };
  return weir::run(
      argc, argv, {.name = "forgetful", .port = 9095, .session = session, .exchanges = {{}, make}});
}
