#pragma once
// What one run of the simulation is like: which faults are on, and how often each comes.
#include <cstdint>

#include <weir/time.hpp>

#include "core/random.hpp"

namespace weir::sim {

/// How often something happens, in 1,024 times.
struct Chance {
  std::uint32_t of_1024 = 0;
  bool operator()(Random& random) const { return of_1024 != 0 && (random.next() & 1023) < of_1024; }
};

/// A number from 0 to below `bound`, which is at least 1.
inline std::uint64_t below(Random& random, std::uint64_t bound) {
  return random.next() % bound;
}

struct Plan {
  std::uint64_t seed = 0;

  // the network
  Duration latency_least{0};
  Duration latency_most{0};
  Duration slow_most{0};     // how long what is slow may take besides
  std::uint32_t tiny_bytes;  // what the smaller of a connection's buffers holds
  Chance tiny;               // a connection has one that is small
  Chance slow;               // of bytes, connections, jobs: they come late
  Chance split;              // what was written at once comes in pieces, is taken or read in part
  Chance coalesce;           // what was written comes together with what is written next
  Chance tardy;              // an op that could be done at once waits
  Chance late;               // the loop itself comes late to its timers

  // connections
  Chance reset;
  Chance half_close;
  Chance silence;  // nothing more of what the client sends arrives
  Chance refuse;   // connecting fails at once, or after a while
  Chance lose;     // connecting comes to nothing

  // the server
  Duration idle_timeout{0};
  Duration write_timeout{0};
  Duration drain_timeout{0};
  Time drain_at = never;
  Time force_at = never;

  // the clients
  std::uint32_t clients = 1;
  std::uint32_t exchanges_most = 1;
  std::uint32_t request_bytes_most = 64;
  Duration think_most{0};
  Chance odd;  // a client is not one that does its exchanges, finishes and reads to the end

  /// Whether somebody may be waited for longer than a server's patience.
  bool is_slow() const {
    return (slow.of_1024 | coalesce.of_1024 | tardy.of_1024 | late.of_1024) != 0 ||
           latency_most >= std::chrono::milliseconds(20) ||
           (idle_timeout != Duration(0) && think_most >= idle_timeout);
  }
};

/// When a run begins: no time that counts as none.
inline constexpr Time begin_of_time{std::chrono::hours(1)};
/// What a buffer holds that isn't small.
inline constexpr std::uint32_t roomy_bytes = 64 * 1024;

/// The plan of `seed`. Each fault is on in half of all seeds, rare in some and frequent in others: a
/// mix finds what no single setting does (Groce and others, "Swarm testing", ISSTA 2012).
Plan plan_of(std::uint64_t seed);

}  // namespace weir::sim
