#pragma once
#include <weir/time.hpp>

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

  Time now() {
    if (!turns) return Clock::now();
    if (turn == Time{}) turn = Clock::now();
    return turn;
  }
  /// A new turn of the loop begins.
  void next_turn() { turn = Time{}; }
};

}  // namespace weir
