#include "sim/run.hpp"

#include <fmt/format.h>
#include <weir/error.hpp>

#include "core/work.hpp"

namespace weir::sim {
namespace {

Task<> watched(Stream& peer, Stage& stage, const std::function<Task<>(Stream&)>& session) {
  const std::uint32_t index = Network::index_of(peer.record);
  try {
    co_await session(peer);
  } catch (const StreamError& broken) {
    // Its peer was gone, or, by a clock of the session's own, too slow for it. Whether a read or a wait
    // might be late was settled when it was.
    const bool late = broken.kind() == FailureKind::timed_out;
    if (!late || stage.world.plan.is_slow()) stage.world.network.excuse(index);
    throw;
  } catch (const std::exception& other) {
    stage.fail(peer.io().now(), name_of_socket(index),
               fmt::format("the session threw what is no StreamError: {}", other.what()));
    throw;
  }
}

Limits limits_of(const Plan& plan) {
  return {.idle_timeout = plan.idle_timeout,
          .write_timeout = plan.write_timeout,
          .drain_timeout = plan.drain_timeout,
          .connections_max = 1'000'000};
}

/// What is served, by one allocation, so that it can be left behind as a whole.
struct Served {
  explicit Served(const Plan& plan) : work(stop, limits_of(plan)) {}
  Stop stop;
  Work work;
};

}  // namespace

void run(Stage& stage, Model& model) {
  World& world = stage.world;
  world.journal.begin();
  stage.unconnected = 0;
  auto served = std::make_unique<Served>(world.plan);
  served->work.session = [&stage](Stream& peer) {
    return watched(peer, stage, stage.service.session);
  };
  for (std::uint32_t i = 0; i < world.plan.clients; ++i) {
    served->work.begin_with.push_back([&stage, i](Io& io) { return client(io, stage, i); });
  }
  world.upstream = {};
  if (stage.service.upstream) {
    world.upstream = [&stage](Stream& peer) {
      return watched(peer, stage, stage.service.upstream);
    };
  }
  model.serve(served->work);
  if (world.abandoned) [[maybe_unused]]
    Served* lost = served.release();  // sessions still name it
  if (stage.unconnected > world.network.unreached() && !world.drained) {
    world.journal.fail(world.ended_at, "a client did not connect, and nothing was in its way");
  }
}

}  // namespace weir::sim
