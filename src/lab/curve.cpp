#include "lab/curve.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace weir::lab {
namespace {

using std::chrono::milliseconds;

/// A p99 needs a thousand answers: of few a second the window is longer, within reason.
milliseconds window_at(double rate_rps, milliseconds window) {
  constexpr double requests_ms = 1'100 * 1e3;
  const milliseconds needed(static_cast<milliseconds::rep>(requests_ms / rate_rps));
  return std::clamp(needed, window, 10 * window);
}

CurvePoint point_of(const Cell& cell, std::size_t percent) {
  return {percent,     cell.offered_rps, cell.throughput_rps,
          cell.p50_ns, cell.p99_ns,      cell.generator_late};
}

/// What a connection adds is seen when the first ones come.
void take_memory(ServerFigures& to, const ServerFigures& from) {
  to.user_bytes_per_connection = from.user_bytes_per_connection;
  to.kernel_stack_bytes_per_connection = from.kernel_stack_bytes_per_connection;
  to.page_table_bytes_per_connection = from.page_table_bytes_per_connection;
}

}  // namespace

Cell climb(const CompareOptions& options, const MakeLoad& load) {
  const Cell most = load({}, options.window);
  const double capacity_rps = most.throughput_rps.value_or(0);
  if (capacity_rps <= 0) throw std::runtime_error("the server answered nobody, at no rate");
  Cell knee;
  bool missed_late = false;  // above the knee
  std::vector<CurvePoint> curve;
  for (const std::size_t percent : options.percents) {
    const double rate_rps = std::max(1.0, capacity_rps * static_cast<double>(percent) / 100);
    const Cell cell = load({"--rate", fmt::format("{:.0f}", rate_rps), "--arrivals", "poisson"},
                           window_at(rate_rps, options.window));
    const bool kept = keeps(promised(cell, *options.goal), *options.goal);
    if (kept || curve.empty()) {
      knee = cell;
      missed_late = false;
    } else if (cell.generator_late) {
      missed_late = true;
    }
    curve.push_back(point_of(cell, percent));
  }
  knee.generator_late = knee.generator_late || missed_late;
  knee.capacity_rps = capacity_rps;
  knee.curve = std::move(curve);
  take_memory(knee.server, most.server);
  return knee;
}

}  // namespace weir::lab
