#include "lab/charts.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/format.hpp"

namespace weir::lab {
namespace {

constexpr double label_width_min = 92;
constexpr double bar_height = 17;
constexpr double bar_pitch = 22;
constexpr double heading_height = 24;
constexpr double group_gap = 12;
constexpr double value_room = 190;  // right of the longest bar, for its value and note
constexpr double axis_height = 26;
constexpr double character_width = 6.9;

// The place of the longest label, left of what is drawn.
double label_room(std::size_t characters) {
  return std::max(label_width_min, static_cast<double>(characters) * character_width + 12);
}

double label_room(const std::vector<BarGroup>& groups) {
  std::size_t longest = 0;
  for (const BarGroup& group : groups) {
    for (const Bar& bar : group.bars) longest = std::max(longest, bar.label.size());
  }
  return label_room(longest);
}

double bar_end(const Bar& bar) {
  const double end = bar.value.value_or(0) + bar.more.value_or(0);
  return std::max(end, bar.high.value_or(0));
}

void draw_bar(Drawing& drawing, const Bar& bar, const BarGroup& group, double label_width, double y,
              double scale, Format format) {
  const double middle = y + bar_height / 2;
  const std::string faded = bar.note.empty() ? "" : " faded";
  const std::string fill =
      series_class(bar.series) + (bar.outline ? " outline " + series_line_class(bar.series) : "");
  drawing.text(label_width - 10, middle + 4.5, bar.label, "", Anchor::end);
  if (!bar.value.known()) {
    drawing.text(label_width + 4, middle + 4.5, "n/a: " + bar.value.reason(), "soft small");
    return;
  }
  const double length = bar.value.value_or(0) * scale;
  drawing.rect(label_width, y, std::max(length, 1.0), bar_height, fill + faded, 2);
  if (bar.more.known()) {
    drawing.rect(label_width + length, y, bar.more.value_or(0) * scale, bar_height, fill + " half",
                 2);
  }
  if (bar.low.known() && bar.high.known()) {
    const double low = label_width + bar.low.value_or(0) * scale;
    const double high = label_width + bar.high.value_or(0) * scale;
    drawing.path(fmt::format("M{:.1f} {:.1f}v8M{:.1f} {:.1f}H{:.1f}M{:.1f} {:.1f}v8", low,
                             middle - 4, low, middle, high, high, middle - 4),
                 "whisker");
  }
  double x = label_width + bar_end(bar) * scale + 8;
  const Figure total = bar.more.known() ? bar.value + bar.more : bar.value;
  const std::string value = format(total);
  const double value_width = static_cast<double>(value.size()) * character_width;
  const double band_low = label_width + group.band_low.value_or(0) * scale;
  const double band_high = label_width + group.band_high.value_or(0) * scale;
  if (x < band_high + 8 && x + value_width > band_low) x = band_high + 8;  // not on the band
  drawing.text(x, middle + 4.5, value, "strong");
  x += value_width + 12;
  if (!bar.note.empty()) drawing.text(x, middle + 4.5, bar.note, "soft small");
}

void draw_band(Drawing& drawing, const BarGroup& group, double label_width, double y, double height,
               double scale) {
  const double low = label_width + group.band_low.value_or(0) * scale;
  const double high = label_width + group.band_high.value_or(0) * scale;
  drawing.rect(low, y, high - low, height, "band");
  drawing.line(low, y, low, y + height, "edge");
  drawing.line(high, y, high, y + height, "edge");
}

double position_x(std::size_t index, std::size_t count, double left, double width) {
  const double step = width / static_cast<double>(std::max<std::size_t>(count, 1));
  return left + step * (static_cast<double>(index) + 0.5);
}

struct VerticalAxis {
  Scale scale;
  double low;
  double high;
  double top;
  double bottom;

  double y(double value) const {
    const double share = scale == Scale::linear ? (value - low) / (high - low)
                                                : std::log(value / low) / std::log(high / low);
    return bottom - share * (bottom - top);
  }
};

VerticalAxis axis_for(const std::vector<Curve>& curves, Scale scale, double top, double bottom) {
  double low = 0;
  double high = 0;
  for (const Curve& curve : curves) {
    for (const Figure& figure : curve.values) {
      const double value = figure.value_or(0);
      if (value <= 0) continue;
      low = low == 0 ? value : std::min(low, value);
      high = std::max(high, value);
    }
  }
  if (high == 0) return {scale, scale == Scale::linear ? 0.0 : 1.0, 10, top, bottom};
  if (scale == Scale::linear) {
    const double step = nice_step(high, 4);
    return {scale, 0, std::ceil(high * 1.02 / step) * step, top, bottom};
  }
  return {scale, std::pow(10, std::floor(std::log10(low))),
          std::pow(10, std::ceil(std::log10(high * 1.001))), top, bottom};
}

void draw_grid(Drawing& drawing, const VerticalAxis& axis, double left, double right,
               Format format) {
  const double step = nice_step(axis.high - axis.low, 4);
  double value = axis.low;
  while (value <= axis.high * 1.0001) {
    const double y = axis.y(value);
    drawing.line(left, y, right, y, "grid");
    drawing.text(left - 8, y + 4, value == 0 ? "0" : format(value), "soft small", Anchor::end);
    value = axis.scale == Scale::linear ? value + step : value * 10;
  }
}

struct EndLabel {
  double y;
  std::size_t curve;
};

// Labels at the ends of the curves, pushed apart where they would overlap. A curve that ends early
// has its label left of its last point, where nothing else is drawn when that is the first.
void draw_end_labels(Drawing& drawing, const std::vector<Curve>& curves, const VerticalAxis& axis,
                     double left, double right) {
  constexpr double pitch = 16;
  std::vector<EndLabel> labels;
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const auto& values = curves[i].values;
    std::size_t count = values.size();
    while (count > 0 && values[count - 1].value_or(0) <= 0) --count;
    if (count == 0) continue;
    const double y = axis.y(values[count - 1].value_or(1));
    if (count == values.size()) {
      labels.push_back({y, i});
      continue;
    }
    drawing.text(position_x(count - 1, values.size(), left, right - left) - 10, y + 4.5,
                 curves[i].name, series_class(curves[i].series) + " strong small", Anchor::end);
  }
  std::sort(labels.begin(), labels.end(),
            [](const EndLabel& a, const EndLabel& b) { return a.y < b.y; });
  for (std::size_t i = 1; i < labels.size(); ++i) {
    labels[i].y = std::max(labels[i].y, labels[i - 1].y + pitch);
  }
  const double excess = labels.empty() ? 0 : labels.back().y - axis.bottom;
  for (const EndLabel& label : labels) {
    const double y = excess > 0 ? label.y - excess : label.y;
    const Curve& curve = curves[label.curve];
    drawing.marker(right - 16, y, curve.series, false);
    drawing.text(right - 6, y + 4.5, curve.name, series_class(curve.series) + " strong small");
  }
}

void draw_curve(Drawing& drawing, const Curve& curve, const VerticalAxis& axis, double left,
                double width) {
  std::string data;
  bool down = false;
  for (std::size_t i = 0; i < curve.values.size(); ++i) {
    const double value = curve.values[i].value_or(0);
    if (value <= 0) {
      down = false;
      continue;
    }
    data += fmt::format("{}{:.1f} {:.1f}", down ? "L" : "M",
                        position_x(i, curve.values.size(), left, width), axis.y(value));
    down = true;
  }
  const std::string colour = series_line_class(curve.series);
  if (!data.empty()) drawing.path(data, "curve " + colour + (curve.dashed ? " dashed" : ""));
  for (std::size_t i = 0; i < curve.values.size(); ++i) {
    const double value = curve.values[i].value_or(0);
    if (value <= 0) continue;
    drawing.marker(position_x(i, curve.values.size(), left, width), axis.y(value), curve.series,
                   i < curve.at_least.size() && curve.at_least[i]);
  }
}

}  // namespace

double nice_step(double span, int count) {
  const double rough = span / count;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough) return factor * power;
  }
  return 10 * power;
}

Drawing bar_chart(const std::vector<BarGroup>& groups, Format format, double width) {
  double longest = 0;
  for (const BarGroup& group : groups) {
    for (const Bar& bar : group.bars) longest = std::max(longest, bar_end(bar));
    longest = std::max(longest, group.band_high.value_or(0));
  }
  const double label_width = label_room(groups);
  const double scale = longest > 0 ? (width - label_width - value_room) / longest : 0;
  Drawing drawing(width, 0);
  double y = 0;
  for (const BarGroup& group : groups) {
    if (!group.label.empty()) {
      drawing.text(0, y + 15, group.label, "soft small strong");
      y += heading_height;
    }
    const double height = static_cast<double>(group.bars.size()) * bar_pitch - 5;
    drawing.line(label_width, y - 3, label_width, y + height + 3, "axis");
    if (group.band_low.known() && group.band_high.known()) {
      draw_band(drawing, group, label_width, y - 3, height + 6, scale);
    }
    for (std::size_t i = 0; i < group.bars.size(); ++i) {
      draw_bar(drawing, group.bars[i], group, label_width, y + static_cast<double>(i) * bar_pitch,
               scale, format);
    }
    y += height + 5 + group_gap;
  }
  drawing.set_height(std::max(y - group_gap + 2, 20.0));
  return drawing;
}

Drawing line_chart(const std::vector<std::string>& positions, const std::string& axis_name,
                   const std::vector<Curve>& curves, Scale scale, Format format, double width) {
  constexpr double height = 320;
  constexpr double left = 70;
  constexpr double right_room = 130;
  const VerticalAxis axis = axis_for(curves, scale, 14, height - axis_height - 22);
  const double right = width - right_room;
  Drawing drawing(width, height);
  draw_grid(drawing, axis, left, right, format);
  for (std::size_t i = 0; i < positions.size(); ++i) {
    drawing.text(position_x(i, positions.size(), left, right - left), axis.bottom + 19,
                 positions[i], "small", Anchor::middle);
  }
  drawing.text((left + right) / 2, axis.bottom + 40, axis_name, "soft small", Anchor::middle);
  for (const Curve& curve : curves) draw_curve(drawing, curve, axis, left, right - left);
  draw_end_labels(drawing, curves, axis, left, right);
  return drawing;
}

}  // namespace weir::lab
