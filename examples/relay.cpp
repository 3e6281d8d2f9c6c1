// A TCP relay: what a client sends goes to another server, and what that answers comes back, both
// ways at once. It shows `connect`, `wait` and `write_some`; with `write`, both directions could
// fill up and wait for each other for ever.
//
//   relay 127.0.0.1:9090 serve -l 127.0.0.1:8080 -m thread
#include <cstdio>
#include <exception>
#include <utility>

#include <weir/weir.hpp>

namespace {

/// One direction: what was read on one side and is not yet written on the other.
struct Direction {
  weir::Stream& from;
  weir::Stream& to;
  weir::Bytes rest = {};
  bool ended = false;

  weir::Source next() const {
    if (rest) return weir::writable(to);
    return ended ? weir::until(weir::never) : weir::readable(from);
  }
  void write() {
    const std::size_t taken = to.write_some(rest);
    rest = {rest.data() + taken, rest.size() - taken};
  }
};

weir::Task<> relay(weir::Stream& client, weir::Address address) {
  weir::Connected server = co_await client.io().connect(address);
  if (!server) co_return;
  Direction one{client, *server.stream};
  Direction other{*server.stream, client};
  Direction* first = &one;
  Direction* second = &other;
  while (first->rest || second->rest || !first->ended || !second->ended) {
    const std::size_t ready = co_await client.io().wait(first->next(), second->next());
    Direction& direction = ready == 0 ? *first : *second;
    if (!direction.rest) {
      direction.rest = co_await direction.from.read();
      direction.ended = !direction.rest;
      if (direction.ended) direction.to.finish();  // half-close is passed on
    }
    if (direction.rest) direction.write();
    std::swap(first, second);  // both have their turn when both are ready
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc < 2) throw std::invalid_argument("usage: relay HOST:PORT serve [options]");
    const weir::Address address = weir::Address::parse(argv[1]);
    weir::Service service{
        .name = "relay", .port = 8080, .session = [address](weir::Stream& client) {
          return relay(client, address);
        }};
    return weir::run(argc - 1, argv + 1, std::move(service));
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "relay: %s\n", error.what());
    return 2;
  }
}
