// Curves as a picture: the latency of each contestant at each part of what it can do.
#include <algorithm>

#include <fmt/format.h>

#include "lab/blocks.hpp"
#include "lab/charts.hpp"
#include "lab/format.hpp"
#include "lab/page.hpp"
#include "lab/sections.hpp"
#include "lab/trial.hpp"

namespace weir::lab {
namespace {

constexpr double curves_width = 920;

/// Those of the first run that came to an end.
std::vector<std::size_t> percents_of(const Results& results) {
  std::vector<std::size_t> percents;
  for (const Cell& cell : results.cells) {
    if (!percents.empty()) break;
    for (const CurvePoint& point : cell.curve) percents.push_back(point.percent);
  }
  return percents;
}

/// One contestant's runs.
class Runs {
 public:
  Runs(const Trial& trial, const std::string& contestant)
      : cells_(cells_of(trial.results, contestant, trial.scenario.connections)) {}

  /// The median over the blocks.
  Figure at(std::size_t index, Figure CurvePoint::*figure) const {
    return over_blocks(cells_, [index, figure](const Cell& cell) {
      return index < cell.curve.size() ? cell.curve[index].*figure : Figure();
    });
  }
  bool late_at(std::size_t index) const {
    const auto late = std::count_if(cells_.begin(), cells_.end(), [index](const Cell* cell) {
      return index < cell->curve.size() && cell->curve[index].generator_late;
    });
    return 2 * static_cast<std::size_t>(late) > cells_.size();
  }

 private:
  std::vector<const Cell*> cells_;
};

/// Every point of every run, as it is in the JSON.
std::string points_html(const Results& results) {
  HtmlTable table("One row for each point of each run.",
                  {"Block", "Connections", "Contestant", "Capacity", "Of it, %", "Offered",
                   "Answered", "p50", "p99"},
                  3);
  for (const Cell& cell : results.cells) {
    for (const CurvePoint& point : cell.curve) {
      table.add({fmt::format("{}", cell.block + 1), fmt::format("{}", cell.connections),
                 run_name(cell), rate_text(cell.capacity_rps), fmt::format("{}", point.percent),
                 rate_text(point.offered_rps), rate_text(point.throughput_rps),
                 time_text(point.p50_ns), time_text(point.p99_ns)});
    }
  }
  return details("The points of all runs", table.str());
}

}  // namespace

std::string curves_html(const Trial& trial) {
  const std::vector<std::size_t> percents = percents_of(trial.results);
  if (percents.empty()) return "";
  std::vector<std::string> positions;
  for (const std::size_t percent : percents) positions.push_back(fmt::format("{} %", percent));
  HtmlTable table("Medians over the blocks.",
                  {"Contestant", "Of its capacity", "Requests a second", "p50", "p99"}, 1);
  std::vector<Curve> curves;
  for (const std::string& contestant : trial.results.contestants) {
    const Runs runs(trial, contestant);
    Curve curve{contestant, curves.size(), false, {}, {}};
    for (std::size_t i = 0; i < percents.size(); ++i) {
      curve.values.push_back(runs.at(i, &CurvePoint::p99_ns));
      curve.at_least.push_back(runs.late_at(i));
      table.add({contestant, positions[i], rate_text(runs.at(i, &CurvePoint::offered_rps)),
                 time_text(runs.at(i, &CurvePoint::p50_ns)), time_text(curve.values.back())});
    }
    curves.push_back(std::move(curve));
  }
  const std::string title = "p99 latency at each part of what a server can do";
  return paragraph(title + ".", "soft") +
         svg(line_chart(positions, "of its own capacity (hollow: the load generator was late)",
                        curves, Scale::logarithmic, time_text, curves_width),
             "curve-" + trial.scenario.name, title,
             "A line for each contestant, from a low rate to one above its capacity.",
             SvgUse::inside_page) +
         details("The figures of this picture", table.str()) + points_html(trial.results);
}

}  // namespace weir::lab
