// Lanes over time: who waited, and who was served.
#include <algorithm>

#include <fmt/format.h>

#include "lab/charts.hpp"
#include "lab/format.hpp"

namespace weir::lab {
namespace {

constexpr double label_width = 92;
constexpr std::size_t roomy_groups_max = 4;  // more are drawn thinner, to be seen at one glance

double end_of(const std::vector<LaneGroup>& groups) {
  double end_ms = 0;
  for (const LaneGroup& group : groups) {
    for (const TimeLane& lane : group.lanes) end_ms = std::max(end_ms, lane.end_ms);
  }
  return end_ms;
}

void draw_lane(Drawing& drawing, const TimeLane& lane, std::size_t series, double y, double height,
               double room, double scale) {
  const double radius = height > 12 ? 3 : 2;
  drawing.rect(label_width, y, room, height, "rail", radius);
  const double served = label_width + lane.wait_until_ms * scale;
  drawing.rect(label_width, y, served - label_width, height, "wait", radius);
  drawing.rect(served, y, std::max(2.0, (lane.end_ms - lane.wait_until_ms) * scale), height,
               series_class(series), radius);
  for (const double mark : lane.marks_ms) {
    const double x = label_width + mark * scale;
    if (x < served + 4) continue;  // at the lane's own edge it would only look like a notch
    drawing.line(x, y + height / 6, x, y + height * 5 / 6, "tick");
  }
}

// The axis below; returns where it ends.
double draw_time(Drawing& drawing, double end_ms, double y, double scale) {
  const double step = end_ms > 0 ? nice_step(end_ms, 6) : 1;
  for (double at = 0; end_ms > 0 && at <= end_ms * 1.0001; at += step) {
    const double x = label_width + at * scale;
    drawing.line(x, y - 10, x, y - 5, "axis");
    drawing.text(x, y + 10, at == 0 ? "0" : time_text(at * 1e6), "soft small", Anchor::middle);
  }
  return y + 18;
}

// A heading for each group, and a name for each lane.
Drawing roomy_chart(const std::vector<LaneGroup>& groups, double width) {
  constexpr double heading_height = 24;
  constexpr double lane_height = 18;
  constexpr double lane_pitch = 23;
  constexpr double group_gap = 12;
  const double end_ms = end_of(groups);
  const double room = width - label_width - 24;
  const double scale = end_ms > 0 ? room / end_ms : 0;
  Drawing drawing(width, 0);
  double y = 0;
  for (const LaneGroup& group : groups) {
    drawing.text(0, y + 15, group.label, "strong " + series_class(group.series));
    drawing.text(label_width, y + 15, group.note, "soft small");
    y += heading_height;
    for (const TimeLane& lane : group.lanes) {
      drawing.text(label_width - 10, y + lane_height / 2 + 4.5, lane.label, "small", Anchor::end);
      draw_lane(drawing, lane, group.series, y, lane_height, room, scale);
      y += lane_pitch;
    }
    y += group_gap;
  }
  drawing.set_height(draw_time(drawing, end_ms, y, scale));
  return drawing;
}

// The group's name beside its lanes, and behind them when the last one was done.
Drawing dense_chart(const std::vector<LaneGroup>& groups, double width) {
  constexpr double lane_height = 8;
  constexpr double lane_pitch = 10;
  constexpr double group_gap = 10;
  constexpr double end_room = 64;
  const double end_ms = end_of(groups);
  const double room = width - label_width - end_room;
  const double scale = end_ms > 0 ? room / end_ms : 0;
  Drawing drawing(width, 0);
  double y = 0;
  for (const LaneGroup& group : groups) {
    const std::size_t lanes = std::max<std::size_t>(group.lanes.size(), 1);
    const double height = static_cast<double>(lanes) * lane_pitch - (lane_pitch - lane_height);
    const double middle = y + height / 2 + 4.5;
    drawing.text(label_width - 10, middle, group.label, "strong " + series_class(group.series),
                 Anchor::end);
    double done_ms = 0;
    for (const TimeLane& lane : group.lanes) {
      draw_lane(drawing, lane, group.series, y, lane_height, room, scale);
      y += lane_pitch;
      done_ms = std::max(done_ms, lane.end_ms);
    }
    if (group.lanes.empty()) {
      drawing.text(label_width, middle, group.note, "soft small");
      y += lane_pitch;
    } else {
      drawing.text(width, middle, time_text(done_ms * 1e6), "soft small", Anchor::end);
    }
    y += group_gap;
  }
  drawing.set_height(draw_time(drawing, end_ms, y, scale));
  return drawing;
}

}  // namespace

Drawing lane_chart(const std::vector<LaneGroup>& groups, double width) {
  return groups.size() > roomy_groups_max ? dense_chart(groups, width) : roomy_chart(groups, width);
}

}  // namespace weir::lab
