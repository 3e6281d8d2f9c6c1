#pragma once
#include <cstdint>

#include <weir/time.hpp>

#include "core/inbox.hpp"
#include "core/random.hpp"

namespace weir {

class Loans;
class Model;
class Work;

/// What surrounds the sessions that run on one thread.
struct Context {
  Model& model;
  Loans& loans;
  Work& work;
  Time turn{};         // event loops: when this turn of the loop began, read on first use
  bool turns = false;  // an event loop, whose clock stands still during a turn
  std::uint8_t turn_number = 0;
  bool simulated = false;  // `turn` is set by the simulation, whose time it is
  Inbox inbox{};
  Random random{};

  Time now() {
    if (!turns) return Clock::now();
    if (turn == Time{}) turn = Clock::now();
    return turn;
  }
  /// The time as it is, for what must not end early, however long the turn has taken already.
  Time exact_now() {
    if (!simulated) turn = Time{};
    return now();
  }
  /// The same, without setting the turn's.
  Time latest() const { return simulated ? turn : Clock::now(); }
  /// A new turn of the loop begins. (The simulation has none.)
  void next_turn() {
    turn = Time{};
    ++turn_number;
  }
};

}  // namespace weir
