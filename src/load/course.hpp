#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "load/gate.hpp"
#include "load/generator.hpp"
#include "load/pipeline.hpp"

namespace weir::load {

/// A measured connection, or, where each request has one of its own, the place of one. A connection
/// with a pipeline has as many slots as requests may be under way on it.
struct Slot {
  enum class State {
    free,  // has no request
    due,   // waits until its request may be sent
    sent,  // waits for the answer
  };
  explicit Slot(std::uint64_t seed) : random(seed) {}

  State state = State::free;
  Time free_at{};  // since when it has had no request
  Time due_at{};   // open loop
  Time sent_at{};
  std::uint64_t answers = 0;  // in the window
  std::uint64_t taken = 0;    // requests
  std::uint32_t what = 0;     // of a trace's exchanges, or of those that are taken in turn
  Random random;              // of its thoughts
};

/// What the sessions of a run share, and what they count. They run on one thread.
class Course {
 public:
  enum class Phase { warming, measuring, counting, over };

  Course(const Plan& run_plan, Stop& asked_to_stop);

  const Plan& plan;
  Stop& stop;
  const Duration awake_before;  // a request of an open loop is due, by so much
  std::vector<Slot> slots;      // of one connection after the other
  Gate connecting;  // of the measured connections, when the personas are in their places
  Gate beginning;   // of the load, when all are greeted
  Gate end;
  Phase phase = Phase::warming;
  std::uint32_t placed = 0;  // personas
  std::uint32_t greeted = 0;
  std::uint32_t open = 0;
  std::uint32_t ended = 0;
  LoadResult result;

  std::span<Slot> slots_of(std::uint32_t connection);
  /// What connections with a pipeline send.
  const Repeated& requests() const { return *requests_; }

  /// The connections may send from now on.
  void begin_load();
  void begin_window();
  /// What has been counted since the last slice becomes part of the result.
  void end_slice(Time now);
  /// Settles what is still under way.
  void end_window(Time now);

  /// There is nothing left to wait for.
  bool finished() const;

  /// Sendings and answers so far.
  std::uint64_t done() const { return done_; }
  /// A request has to wait for its time before it is sent.
  bool paced() const { return plan.open || plan.think.mean > Duration(0); }
  /// Makes the slot's request.
  Task<> exchange(Stream& server, const Slot& slot) const {
    if (!plan.in_turn.empty()) return plan.in_turn[slot.what](server);
    return plan.trace ? plan.trace->exchanges[slot.what](server) : exchange_(server);
  }
  /// Gives the slot its next request. False: there is none.
  bool take(Slot& slot);
  /// How long it has to wait for its time.
  Duration wait_of(Slot& slot);
  /// Around the turns that are made only to be awake in time: what they take, as far as nothing
  /// else is done in them, is no work.
  void begin_spin();
  void spin();
  void sending(Slot& slot);
  void answered(Slot& slot);
  /// The requests of the slots, if they have one, come to nothing; `counter` is the error's.
  void failed(std::span<Slot> slots, std::uint64_t& counter, const std::string& what);

 private:
  bool in_window(Time due_at) const { return phase == Phase::measuring && due_at >= begin_; }
  Time take_due();
  std::uint32_t turn_of(const Slot& slot) const;
  void record_response(Time now, Duration response);
  void record_lag(Time now, Duration lag);
  void censor(Time due_at, Time now);
  void censor_all(Time now);

  const std::optional<Repeated> requests_;  // for pipelines, and for what is large
  const std::function<Task<>(Stream&)> exchange_;
  std::optional<Schedule> schedule_;  // unless a trace says when
  Time origin_ = never;               // of the schedule
  Time begin_ = never;                // of the window
  Time last_settled_{};
  std::uint64_t taken_ = 0;
  std::uint64_t settled_ = 0;  // answered, or failed
  std::uint64_t done_ = 0;     // sendings and answers
  std::uint64_t done_before_spin_ = 0;
  Time spin_from_{};
  Slice slice_;
};

}  // namespace weir::load
