#include "models/sim_plan.hpp"

#include <algorithm>
#include <array>

namespace weir::sim {
namespace {

using namespace std::chrono_literals;

template <class T, std::size_t Count>
T one_of(Random& random, const std::array<T, Count>& values) {
  return values[below(random, Count)];
}

/// On in half of all seeds; then rare, or not, or frequent.
Chance perhaps(Random& random, const std::array<std::uint32_t, 3>& of_1024) {
  if (below(random, 2) == 0) return {};
  return {one_of(random, of_1024)};
}

constexpr std::array<std::uint32_t, 3> of_ops{16, 64, 256};
constexpr std::array<std::uint32_t, 3> of_connections{64, 128, 384};

void plan_server(Plan& plan, Random& random) {
  plan.idle_timeout = one_of(random, std::array<Duration, 4>{0s, 0s, 500ms, 5s});
  plan.write_timeout = one_of(random, std::array<Duration, 3>{500ms, 30s, 30s});
  plan.drain_timeout = one_of(random, std::array<Duration, 2>{100ms, 30s});
  if (below(random, 4) != 0) return;
  const Duration busy = plan.think_most * plan.exchanges_most / 2 + 4 * plan.latency_most;
  plan.drain_at =
      begin_of_time + Duration(below(random, static_cast<std::uint64_t>(busy.count()) + 1));
  if (below(random, 3) != 0) return;
  plan.force_at = plan.drain_at + Duration(below(random, 200'000'000));
}

}  // namespace

Plan plan_of(std::uint64_t seed) {
  Random random(seed * 0x2545F4914F6CDD1D + 1);
  Plan plan;
  plan.seed = seed;
  plan.latency_most = one_of(random, std::array<Duration, 4>{100us, 1ms, 20ms, 200ms});
  plan.latency_least = below(random, 2) == 0 ? Duration(0) : plan.latency_most / 2;
  plan.slow_most = one_of(random, std::array<Duration, 3>{50ms, 1s, 10s});
  plan.tiny_bytes = one_of(random, std::array<std::uint32_t, 5>{1, 2, 7, 64, 1000});
  plan.tiny = perhaps(random, {128, 512, 1024});
  plan.slow = perhaps(random, of_ops);
  plan.split = perhaps(random, {64, 256, 768});
  plan.coalesce = perhaps(random, {64, 256, 640});
  plan.tardy = perhaps(random, {32, 256, 640});
  plan.late = perhaps(random, of_ops);
  plan.reset = perhaps(random, {128, 256, 640});
  plan.half_close = perhaps(random, of_connections);
  plan.silence = perhaps(random, of_connections);
  plan.refuse = perhaps(random, of_connections);
  plan.lose = perhaps(random, of_connections);

  plan.clients = 1 + static_cast<std::uint32_t>(below(random, 12));
  plan.exchanges_most = one_of(random, std::array<std::uint32_t, 3>{3, 12, 40});
  plan.request_bytes_most = one_of(random, std::array<std::uint32_t, 4>{16, 64, 700, 12'000});
  if (plan.tiny.of_1024 != 0) {  // or a run is nothing but tiny pieces
    plan.request_bytes_most = std::min(plan.request_bytes_most, 128 * plan.tiny_bytes);
  }
  plan.think_most = one_of(random, std::array<Duration, 3>{0s, 5ms, 300ms});
  plan.odd = perhaps(random, of_connections);
  plan_server(plan, random);
  return plan;
}

}  // namespace weir::sim
