// weir::simulate: one run after the other.
#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>
#include <weir/sim.hpp>

#include "load/scripted.hpp"
#include "sim/run.hpp"

namespace weir {
namespace {

constexpr std::array<std::uint32_t, 6> request_bytes{8, 16, 64, 700, 4'000, 12'000};

std::vector<SimCovered> covered(const sim::Coverage& coverage) {
  std::vector<SimCovered> pairs;
  for (std::size_t v = 0; v < sim::verbs; ++v) {
    for (std::size_t f = 0; f < sim::faults; ++f) {
      const auto verb = static_cast<Verb>(v);
      const auto fault = static_cast<sim::Fault>(f);
      if (!sim::can_occur(verb, fault)) continue;
      pairs.push_back({sim::name_of(verb), sim::name_of(fault), coverage[v][f]});
    }
  }
  return pairs;
}

std::uint64_t combined(std::uint64_t hash, std::uint64_t other) {
  return (hash ^ other) * 0x9E3779B97F4A7C15;
}

/// The service, and the clients that its transcript tells of.
Service with_clients(Service service) {
  try {
    load::apply_transcript(service);
  } catch (const std::runtime_error& error) {
    throw std::invalid_argument(error.what());
  }
  return service;
}

}  // namespace

SimResult simulate(const Service& given, const SimOptions& options) {
  const Service service = with_clients(given);
  if (!service.exchanges.make) {
    throw std::invalid_argument(fmt::format(
        "service '{}' has no exchanges, and so no clients; give it some, or a transcript",
        service.name));
  }
  if (service.prepare) service.prepare();
  sim::World world;
  world.service = Address::parse(fmt::format("192.0.2.1:{}", service.port));  // RFC 5737
  world.ops_max = options.ops_max;
  world.journal.text = options.trace;
  sim::Stage stage{service, world};
  for (const std::uint32_t bytes : request_bytes) {
    stage.exchanges.push_back({bytes, service.exchanges.make(bytes)});
  }
  const std::unique_ptr<Model> model = make_sim(world);

  SimResult result;
  std::vector<std::uint64_t> hashes;
  for (std::uint64_t i = 0; i < options.seeds; ++i) {
    const std::uint64_t seed = options.first_seed + i;
    world.plan = sim::plan_of(seed);
    sim::run(stage, *model);
    ++result.seeds;
    result.ops += world.journal.ops();
    result.hash = combined(result.hash, world.journal.hash());
    hashes.push_back(world.journal.hash());
    if (world.journal.failed()) result.failures.push_back({seed, world.journal.failure()});
    if (world.abandoned || result.failures.size() >= std::max(1u, options.failures_max)) break;
  }
  std::sort(hashes.begin(), hashes.end());
  result.different =
      static_cast<std::uint64_t>(std::unique(hashes.begin(), hashes.end()) - hashes.begin());
  result.coverage = covered(world.journal.coverage());
  return result;
}

}  // namespace weir
