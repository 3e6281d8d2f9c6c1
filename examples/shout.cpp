// A server of one's own: whatever a client says comes back in capitals.
#include <algorithm>

#include <weir/weir.hpp>

char capital(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

weir::Task<> shout(weir::Stream& peer) {
  co_await peer.write("SAY SOMETHING\n");
  while (weir::Bytes bytes = co_await peer.read()) {  // empty: the client has finished
    std::transform(bytes.begin(), bytes.end(), bytes.begin(), capital);
    co_await peer.write(bytes);  // the buffer that was lent: nothing is copied or allocated
  }
}

int main(int argc, char** argv) {
  return weir::run(argc, argv, {.name = "shout", .port = 9091, .session = shout});
}
