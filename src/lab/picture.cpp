// One picture of the result, to be shown outside the report.
#include <algorithm>

#include <fmt/format.h>

#include "lab/figures.hpp"
#include "lab/format.hpp"
#include "lab/report.hpp"
#include "lab/summary.hpp"
#include "lab/svg.hpp"

namespace weir::lab {
namespace {

constexpr double margin = 28;
constexpr double column_width = 500;
constexpr double gutter = 44;
constexpr double title_height = 62;
constexpr double section_gap = 22;

// Without the twins by hand, which the report has.
Results models_of(Results results) {
  std::erase_if(results.contestants, is_by_hand);
  std::erase_if(results.rows, [](const Row& row) { return is_by_hand(row.contestant); });
  return results;
}

}  // namespace

std::string picture(const Results& all) {
  const Results results = models_of(all);
  const Drawing lanes = who_waits_chart(results, column_width);
  const Drawing costs = main_cost_chart(results, column_width);
  const Drawing memory = memory_chart(results, column_width);
  const double right = margin + column_width + gutter;
  const double top = margin + title_height;
  const double content =
      std::max(lanes.height(), costs.height() + title_height + memory.height() + section_gap);
  const double height = top + content + margin + 18;
  const double lower = top + content - memory.height();  // ends where the lanes end
  Drawing drawing(right + column_width + margin, height);
  drawing.rect(0.5, 0.5, drawing.width() - 1, height - 1, "card", 14);
  drawing.text(margin, margin + 16, "Who waits", "big");
  drawing.text(margin, margin + 37,
               "three clients come at once: hatched is waiting, solid is served", "soft small");
  drawing.place(margin, top, lanes);
  drawing.text(right, margin + 16, "What a request costs", "big");
  drawing.text(right, margin + 37,
               results.cpu_noise_floor > 0
                   ? fmt::format("server CPU time; shaded: too close to {} to tell ({})",
                                 results.reference, ratio_text(results.cpu_noise_floor))
                   : "server CPU time",
               "soft small");
  drawing.place(right, top, costs);
  drawing.text(right, lower - title_height + 16, "What a connection holds", "big");
  drawing.text(right, lower - title_height + 37,
               "memory of the process, and paler the kernel's for threads", "soft small");
  drawing.place(right, lower, memory);
  drawing.text(margin, height - 16,
               fmt::format("one session, {} models, measured by weir compare on {} CPUs ({}, {})",
                           results.contestants.size(), results.machine.cpus,
                           results.machine.processor, results.machine.kernel),
               "soft small");
  return svg(drawing, "weir", "One session under several concurrency models", results.answer,
             SvgUse::stand_alone) +
         "\n";
}

}  // namespace weir::lab
