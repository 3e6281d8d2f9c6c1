// The relay as a slow network. What it reads it has to keep, since a loan ends with the next read.
#include "relay/slowly.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <weir/error.hpp>
#include <weir/io.hpp>

#include "relay/session.hpp"

namespace weir::relay {
namespace {

struct SlowDirection {
  Stream& from;
  Stream& to;
  Link link;
  bool ended = false;       // nothing more will come
  bool over = false;        // and all that came has been passed on
  Time give_up_at = never;  // while a packet is there that isn't taken

  Source departure() const { return !ended && link.has_room() ? readable(from) : until(never); }
  Source arrival(Time now) const { return link.next() <= now ? writable(to) : until(link.next()); }
  void take_in(std::string_view bytes, Time now) {
    ended = bytes.empty();
    if (ended)
      link.finish(now);
    else
      link.send(bytes, now);
  }
  void pass_on(Time now) {
    while (link.next() <= now) {
      const std::string_view packet = link.packet();
      over = packet.empty();
      const std::size_t taken = over ? 0 : to.write_some(packet);
      link.take(taken);
      if (taken < packet.size()) {
        if (taken > 0 || give_up_at == never) give_up_at = after(now, stall_max);
        return;
      }
      give_up_at = never;
    }
    if (over) to.finish();
  }
};

}  // namespace

Task<> carry_slowly(Stream& client, Stream& upstream, LinkSpeed speed) {
  Io& io = client.io();
  SlowDirection there{client, upstream, Link(speed)};
  SlowDirection back{upstream, client, Link(speed)};
  SlowDirection* first = &there;
  SlowDirection* second = &back;
  while (!first->over || !second->over) {
    const Time now = io.now();
    const Time give_up_at = std::min(first->give_up_at, second->give_up_at);
    const std::size_t ready =
        co_await io.wait(first->arrival(now), second->arrival(now), first->departure(),
                         second->departure(), until(give_up_at));
    if (ready == 4) throw StreamError(ETIMEDOUT, "relay: a side that takes nothing");
    SlowDirection& direction = ready % 2 == 0 ? *first : *second;
    if (ready < 2) {
      direction.pass_on(io.now());
    } else {
      const Bytes bytes = co_await direction.from.read();
      direction.take_in(bytes, io.now());
    }
    std::swap(first, second);  // each has its turn when both are ready
  }
}

}  // namespace weir::relay
