// Clients by hand, for what a request costs a server whose clients are elsewhere: 64 bytes are sent,
// and as many come back.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>

#include "prices/event.hpp"
#include "prices/loopback.hpp"

namespace weir::prices {

constexpr std::size_t request_bytes = 64;
using Request = std::array<char, request_bytes>;

/// So many connections, each of which asks again as soon as it is answered. Returns never, throws
/// std::system_error.
void ask_at_once(const Loopback& server, std::size_t connections);

/// How clients are told to ask, and tell that all they asked for is answered: events, with a count.
struct Rounds {
  Descriptor begun = make_event();
  Descriptor ended = make_event();
};

/// The same, but they only ask as often as they are told to, all of them together.
void ask_in_rounds(const Loopback& server, std::size_t connections, const Rounds& rounds);

/// The same with a connection for each request: who is accepted is greeted with a byte, then asks,
/// and closes when it is answered.
void ask_once_each(const Loopback& server, std::size_t at_a_time);

/// One connection that asks so long after it last did. It sleeps until it is answered, and then is
/// awake.
void ask_every(const Loopback& server, std::chrono::nanoseconds interval);

/// The same with so many connections, which ask one after the other, each when the one before it has
/// been answered and it is time; an epoll waits for all of them.
void ask_in_turn(const Loopback& server, std::size_t connections,
                 std::chrono::nanoseconds interval);

/// The same, but they only ask as often as they are told to.
void ask_in_turn_in_rounds(const Loopback& server, std::size_t connections,
                           std::chrono::nanoseconds interval, const Rounds& rounds);

}  // namespace weir::prices
