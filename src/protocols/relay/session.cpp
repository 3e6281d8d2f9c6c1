// A TCP relay: what a client sends goes to another server, and what that answers comes back, both
// ways at once. It shows `connect`, `wait` and `write_some`; with `write`, both directions could
// fill up and wait for each other for ever.
#include "relay/session.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include <weir/error.hpp>

#include "amounts/amounts.hpp"
#include "relay/client.hpp"
#include "relay/slowly.hpp"

namespace weir::relay {
namespace {

/// One direction. What was read on one side and is not yet written on the other stays where it was
/// lent: as long as there is any, nothing is read, nor is there a wait to read, which would end the
/// loan. That is the back pressure.
struct Direction {
  Stream& from;
  Stream& to;
  Bytes rest = {};
  Time give_up_at = never;  // while there is a rest
  bool ended = false;

  bool over() const { return ended && !rest; }
  Source next() const {
    if (rest) return writable(to);
    return ended ? until(never) : readable(from);
  }
  void end() {
    ended = true;
    to.finish();
  }
  void write(Io& io) {
    const std::size_t taken = to.write_some(rest);
    rest = {rest.data() + taken, rest.size() - taken};
    if (!rest)
      give_up_at = never;
    else if (taken > 0 || give_up_at == never)
      give_up_at = after(io.now(), stall_max);
  }
};

}  // namespace

Task<> session(Stream& client, const Address& to, const LinkSpeed& speed) {
  Io& io = client.io();
  const Connected upstream = co_await io.connect(to);
  if (!upstream) {
    throw StreamError(upstream.error.value(), ("can't connect to " + to.text()).c_str());
  }
  if (speed) {
    co_await carry_slowly(client, *upstream.stream, speed);
    co_return;
  }
  Direction there{client, *upstream.stream};
  Direction back{*upstream.stream, client};
  Direction* first = &there;
  Direction* second = &back;
  while (!first->over() || !second->over()) {
    const Time give_up_at = std::min(first->give_up_at, second->give_up_at);
    const std::size_t ready = co_await io.wait(first->next(), second->next(), until(give_up_at));
    if (ready == 2) throw StreamError(ETIMEDOUT, "relay: a side that takes nothing");
    Direction& direction = ready == 0 ? *first : *second;
    if (!direction.rest) {
      direction.rest = co_await direction.from.read();
      if (!direction.rest) direction.end();
    }
    if (direction.rest) direction.write(io);
    std::swap(first, second);  // each has its turn when both are ready
  }
}

namespace {

/// What the sessions of a relay share: set by the command line before the first of them.
struct Setting {
  std::optional<Address> to;
  LinkSpeed speed;
};

std::vector<ServiceOption> options_for(const std::shared_ptr<Setting>& setting) {
  return {{"--to", "HOST:PORT", "the server behind it, or unix:PATH",
           [setting](const std::string& word) { setting->to = Address::parse(word); }},
          {"--delay", "TIME", "what is passed on comes so much later, each way (0ms)",
           [setting](const std::string& word) {
             setting->speed.delay = amounts::parse_time(word, word, delay_max);
           }},
          {"--bandwidth", "SIZE/s", "200KB/s: no more of a connection, each way (as much as comes)",
           [setting](const std::string& word) {
             setting->speed.bytes_a_second = amounts::parse_bandwidth(word, word, bandwidth_max);
             if (setting->speed.bytes_a_second > 0) return;
             throw std::invalid_argument("'" + word + "' lets nothing through; write 200KB/s");
           }}};
}

}  // namespace

Service service() {
  const auto setting = std::make_shared<Setting>();
  return {.name = "relay",
          .port = 8080,
          .session =
              [setting](Stream& client) { return session(client, *setting->to, setting->speed); },
          .summary = "passes each connection on to another server, --to HOST:PORT",
          .exchanges = exchanges(),
          .options = options_for(setting),
          .prepare =
              [setting] {
                if (setting->to) return;
                throw std::invalid_argument(
                    "a relay has to know the server behind it; add --to HOST:PORT");
              },
          .upstream = echo};
}

}  // namespace weir::relay
