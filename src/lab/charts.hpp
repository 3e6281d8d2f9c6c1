// The kinds of chart of the report. They know nothing of servers: labels and figures only.
#pragma once

#include <string>
#include <vector>

#include "lab/figure.hpp"
#include "lab/svg.hpp"

namespace weir::lab {

using Format = std::string (*)(const Figure&);

/// Returns the step of a grid of about `count` lines: 1, 2 or 5 times a power of ten.
double nice_step(double span, int count);

struct Bar {
  std::string label;
  std::size_t series = 0;
  bool outline = false;  ///< drawn pale with a line around: beside its series' own bar
  Figure value;
  Figure more;  ///< stacked behind the value, paler; missing: nothing
  Figure low;   ///< the whisker, from low to high; missing: none
  Figure high;
  std::string note;  ///< behind the value; with a note the bar is faded: it doesn't compare
};

struct BarGroup {
  std::string label;
  std::vector<Bar> bars;
  Figure band_low;  ///< a shaded band over the group; missing: none
  Figure band_high;
};

/// Returns horizontal bars in groups, all on one scale that begins at 0.
Drawing bar_chart(const std::vector<BarGroup>& groups, Format format, double width);

struct Curve {
  std::string name;
  std::size_t series = 0;
  bool dashed = false;
  std::vector<Figure> values;  ///< one for each position; missing: a gap
  std::vector<bool> at_least;  ///< hollow marker; empty: none is
};

enum class Scale { linear, logarithmic };

/// Returns curves over positions that are evenly spaced; `axis` tells what the positions are.
Drawing line_chart(const std::vector<std::string>& positions, const std::string& axis,
                   const std::vector<Curve>& curves, Scale scale, Format format, double width);

struct TimeLane {
  std::string label;
  double wait_until_ms = 0;  ///< hatched before, coloured from then on
  double end_ms = 0;
  std::vector<double> marks_ms;
};

struct LaneGroup {
  std::string label;
  std::string note;
  std::size_t series = 0;
  std::vector<TimeLane> lanes;
};

/// Returns lanes over time, all groups on the same scale; with more than four groups thin ones,
/// without the names of the lanes.
Drawing lane_chart(const std::vector<LaneGroup>& groups, double width);

}  // namespace weir::lab
