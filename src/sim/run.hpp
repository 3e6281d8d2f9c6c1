#pragma once
// One run of the simulation: servers, clients, and what is held against them.
#include <array>
#include <functional>
#include <string>

#include <weir/service.hpp>

#include "models/sim.hpp"

namespace weir::sim {

/// What all runs of a service have in common.
struct Stage {
  const Service& service;
  World& world;
  /// Requests of several sizes.
  struct Exchange {
    std::uint32_t request_bytes;
    std::function<Task<>(Stream& server)> make;
  };
  std::vector<Exchange> exchanges = {};
  std::uint32_t unconnected = 0;  // clients of this run that could not connect

  void fail(Time at, const std::string& who, const std::string& what) {
    world.journal.fail(at, who + ": " + what);
  }
};

/// The session of a client: what it does is drawn from the seed. `number` counts the clients.
Task<> client(Io& io, Stage& stage, std::uint32_t number);

/// Runs the seed of the world's plan under `model`, to its end.
void run(Stage& stage, Model& model);

}  // namespace weir::sim
