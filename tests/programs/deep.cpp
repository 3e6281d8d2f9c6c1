// A service whose session awaits children as deep as the client asks, in digits; the innermost
// waits, and answers. For tests of what a stack must hold.
#include <charconv>
#include <chrono>

#include <weir/weir.hpp>

namespace {

weir::Task<> descend(weir::Stream& peer, int levels) {
  if (levels > 0) {
    co_await descend(peer, levels - 1);
    co_return;
  }
  co_await peer.io().sleep(std::chrono::milliseconds(1));
  co_await peer.write(".");
}

weir::Task<> deep(weir::Stream& peer) {
  while (weir::Bytes bytes = co_await peer.read()) {
    int levels = 0;
    std::from_chars(bytes.data(), bytes.data() + bytes.size(), levels);
    co_await descend(peer, levels);
  }
}

}  // namespace

int main(int argc, char** argv) {
  return weir::run(argc, argv, {.name = "deep", .port = 9092, .session = deep});
}
