#pragma once
// What the simulation and who runs it have in common.
#include <cstdint>
#include <functional>
#include <memory>

#include <weir/address.hpp>
#include <weir/model.hpp>
#include <weir/task.hpp>

#include "models/sim_events.hpp"
#include "models/sim_journal.hpp"
#include "models/sim_network.hpp"
#include "models/sim_plan.hpp"

namespace weir::sim {

/// One run after the other takes place in it, so that what a run needs is allocated once.
struct World {
  Address service;                               // where the sessions of the work are reached
  std::function<Task<>(Stream& peer)> upstream;  // who is reached everywhere else; or nobody
  std::uint64_t ops_max = 2'000'000;             // of a run
  Plan plan;
  Journal journal;
  Events events;
  Network network{journal};
  bool drained = false;  // the server was asked to end
  Time ended_at{};
  bool loop_is_late = false;  // or has been in this run: a sleep may take longer
  bool abandoned = false;     // sessions are left that could not be ended

  // --- for the model

  Random random;
  void begin();
  /// `all_over`: every session has ended.
  void end(Time now, bool all_over);
  /// Whether the run is over its bound: whatever sessions ask for fails, so that they end.
  bool gives_up(Op& op);
  /// An offload: its job is run at some time from `now`.
  void run_later(Op& op, Time now);
  /// The op has completed: into the journal with it, and what follows from it for its connection.
  void note(const Op& op, Context& context);
};

/// In a run in which nothing can happen any more: which sessions wait, and for what.
std::string who_waits(Work& work);

}  // namespace weir::sim

namespace weir {

/// Serves the work in `world`, by its plan: connections come from the sessions that the work begins
/// with. What goes wrong is in the journal.
std::unique_ptr<Model> make_sim(sim::World& world);

}  // namespace weir
