#include "lab/figures.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/charts.hpp"
#include "lab/format.hpp"
#include "lab/summary.hpp"

namespace weir::lab {
namespace {

using RowFigure = Figure (*)(const Row&);

std::string cost_text(const Figure& figure) {
  return microseconds_text(figure) + " us";
}

std::string connections_text(std::size_t count) {
  return fmt::format("{} connection{}", count, count == 1 ? "" : "s");
}

std::size_t series_of(const Results& results, const std::string& contestant) {
  // A twin by hand has its model's colour.
  const std::string model = model_of(contestant);
  std::size_t series = 0;
  for (const std::string& name : results.contestants) {
    if (name == model) break;
    if (!is_by_hand(name)) ++series;
  }
  return series;
}

std::string note_of(const Row& row) {
  if (row.verdict.limit == Limit::invalid) return "invalid";
  const double unserved = row.unserved.value_or(0);
  if (unserved <= 0) return "";
  return fmt::format("{:.0f} of {} unserved", unserved, row.connections);
}

BarGroup group_at(const Results& results, std::size_t connections, RowFigure figure) {
  BarGroup group;
  group.label = connections_text(connections);
  group.band_low = group.band_high = Figure::missing("none");
  for (const Row& row : results.rows) {
    if (row.connections != connections) continue;
    Bar bar;
    bar.label = row.contestant;
    bar.series = series_of(results, row.contestant);
    bar.outline = is_by_hand(row.contestant);
    bar.value = figure(row);
    bar.note = note_of(row);
    group.bars.push_back(bar);
  }
  return group;
}

BarGroup cost_group(const Results& results, std::size_t connections) {
  BarGroup group =
      group_at(results, connections, [](const Row& row) { return row.cpu_ns_per_request; });
  for (Bar& bar : group.bars) {
    const Row* row = find_row(results, bar.label, connections);
    bar.low = row->cpu_low_ns;
    bar.high = row->cpu_high_ns;
  }
  const Row* reference = find_row(results, results.reference, connections);
  if (reference != nullptr && results.cpu_noise_floor > 0 &&
      reference->cpu_ns_per_request.known()) {
    const double cost = reference->cpu_ns_per_request.value_or(0);
    group.band_low = cost / results.cpu_noise_floor;
    group.band_high = cost * results.cpu_noise_floor;
  }
  return group;
}

std::vector<BarGroup> groups(const Results& results, RowFigure figure) {
  std::vector<BarGroup> result;
  for (const std::size_t connections : results.connections) {
    BarGroup group = group_at(results, connections, figure);
    if (!group.bars.empty()) result.push_back(std::move(group));
  }
  return result;
}

Curve curve_of(const Results& results, const std::string& contestant, RowFigure figure) {
  Curve curve;
  curve.name = contestant;
  curve.series = series_of(results, contestant);
  for (const std::size_t connections : results.connections) {
    const Row* row = find_row(results, contestant, connections);
    const bool shown = row != nullptr && row->unserved.value_or(0) <= 0;
    curve.values.push_back(shown ? figure(*row) : Figure::missing("not measured, or starved"));
    curve.at_least.push_back(row != nullptr && row->rate_is_lower_bound);
  }
  return curve;
}

/// One curve for each model. Those of the twins by hand would lie upon them; they are in the bars and
/// in the tables.
std::vector<Curve> curves_of(const Results& results, RowFigure figure) {
  std::vector<Curve> curves;
  for (const std::string& contestant : results.contestants) {
    if (!is_by_hand(contestant)) curves.push_back(curve_of(results, contestant, figure));
  }
  return curves;
}

std::vector<std::string> positions(const Results& results) {
  std::vector<std::string> names;
  for (const std::size_t connections : results.connections) {
    names.push_back(std::to_string(connections));
  }
  return names;
}

}  // namespace

double waited_ms(const Lane& lane) {
  for (const LaneEvent& event : lane.events) {
    if (event.what == "connected") return event.at_ms;
  }
  return done_ms(lane);
}

double done_ms(const Lane& lane) {
  return lane.events.empty() ? 0 : lane.events.back().at_ms;
}

std::size_t largest_load(const Results& results) {
  std::size_t most = 0;
  for (const Row& row : results.rows) most = std::max(most, row.connections);
  return most;
}

Drawing cost_chart(const Results& results, double width) {
  std::vector<BarGroup> all;
  for (const std::size_t connections : results.connections) {
    BarGroup group = cost_group(results, connections);
    if (!group.bars.empty()) all.push_back(std::move(group));
  }
  return bar_chart(all, cost_text, width);
}

Drawing main_cost_chart(const Results& results, double width) {
  return bar_chart({cost_group(results, main_load(results))}, cost_text, width);
}

Drawing rate_chart(const Results& results, double width) {
  const std::vector<Curve> curves =
      curves_of(results, [](const Row& row) { return row.throughput_rps; });
  return line_chart(positions(results),
                    "connections (hollow: the generator was the limit, at least)", curves,
                    Scale::linear, rate_text, width);
}

Drawing latency_chart(const Results& results, double width) {
  std::vector<Curve> half = curves_of(results, [](const Row& row) { return row.p50_ns; });
  std::vector<Curve> tail = curves_of(results, [](const Row& row) { return row.p99_ns; });
  for (Curve& curve : half) curve.at_least.clear();
  for (Curve& curve : tail) {
    curve.at_least.clear();
    curve.dashed = true;
  }
  constexpr double heading = 26;
  const Drawing upper =
      line_chart(positions(results), "connections", half, Scale::logarithmic, time_text, width);
  const Drawing lower =
      line_chart(positions(results), "connections", tail, Scale::logarithmic, time_text, width);
  Drawing drawing(width, 2 * heading + upper.height() + lower.height());
  drawing.text(0, 14, "p50: half of the answers take longer", "soft small strong");
  drawing.place(0, heading, upper);
  drawing.text(0, heading + upper.height() + 14, "p99: one in a hundred takes longer",
               "soft small strong");
  drawing.place(0, 2 * heading + upper.height(), lower);
  return drawing;
}

Drawing memory_chart(const Results& results, double width) {
  BarGroup group = group_at(results, largest_load(results),
                            [](const Row& row) { return row.user_bytes_per_connection; });
  for (Bar& bar : group.bars) {
    bar.more = find_row(results, bar.label, largest_load(results))->kernel_bytes_per_connection;
  }
  return bar_chart({group}, bytes_text, width);
}

Drawing switches_chart(const Results& results, double width) {
  return bar_chart(groups(results, switches_per_request), count_text, width);
}

Drawing calls_chart(const Results& results, double width) {
  return bar_chart(groups(results, [](const Row& row) { return row.system_calls_per_request; }),
                   count_text, width);
}

Drawing who_waits_chart(const Results& results, double width) {
  std::vector<LaneGroup> all;
  for (const LaneSet& set : results.lanes) {
    LaneGroup group;
    group.label = set.contestant;
    group.series = series_of(results, set.contestant);
    group.note = set.failure.empty()
                     ? fmt::format("all three done after {}", time_text(set.elapsed_ms * 1e6))
                     : set.failure;
    for (const Lane& lane : set.lanes) {
      TimeLane line{lane.name, waited_ms(lane), done_ms(lane), {}};
      for (const LaneEvent& event : lane.events) {
        if (event.what == "sending") line.marks_ms.push_back(event.at_ms);
      }
      group.lanes.push_back(std::move(line));
    }
    all.push_back(std::move(group));
  }
  return lane_chart(all, width);
}

}  // namespace weir::lab
