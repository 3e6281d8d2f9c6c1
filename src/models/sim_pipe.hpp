#pragma once
// One direction of a connection in the simulation.
#include <cstdint>
#include <memory>

#include "models/sim_plan.hpp"

namespace weir::sim {

/// Bytes on their way to a socket, and those that have arrived there, as positions in all that was
/// ever written: taken <= arrived <= written. The end takes a position of its own, behind the bytes.
struct Pipe {
  static constexpr std::uint64_t none = UINT64_MAX;

  std::unique_ptr<char[]> bytes;  // a ring of roomy_bytes
  std::uint64_t written = 0;
  std::uint64_t arrived = 0;
  std::uint64_t taken = 0;
  std::uint64_t start = 0;       // the position that is at the front of the ring
  std::uint64_t boundary = 0;    // of two writes, the first one that isn't taken
  std::uint64_t lost_at = none;  // nothing behind it arrives
  std::uint32_t capacity = roomy_bytes;
  bool ended = false;  // nothing more is written
  bool end_arrived = false;

  std::uint64_t room() const { return capacity - (written - taken); }
  std::uint64_t waiting() const { return arrived - taken; }
  void put(const char* from, std::uint64_t count);
  void take(char* to, std::uint64_t count);
};

}  // namespace weir::sim
