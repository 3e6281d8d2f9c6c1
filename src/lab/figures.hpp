// The charts of a comparison: what is drawn, from which rows.
#pragma once

#include <string>
#include <vector>

#include "lab/results.hpp"
#include "lab/svg.hpp"

namespace weir::lab {

/// Each returns the drawing of one question that the report answers.
Drawing cost_chart(const Results& results, double width);
Drawing rate_chart(const Results& results, double width);
Drawing latency_chart(const Results& results, double width);
Drawing memory_chart(const Results& results, double width);
Drawing switches_chart(const Results& results, double width);
Drawing calls_chart(const Results& results, double width);
Drawing who_waits_chart(const Results& results, double width);

/// As cost_chart, but of the load that the answer speaks about alone.
Drawing main_cost_chart(const Results& results, double width);

/// Returns the largest number of connections that was measured; 0: none.
std::size_t largest_load(const Results& results);

/// Returns when a client was let in (its greeting came), in milliseconds: until then it waited.
double waited_ms(const Lane& lane);

/// Returns when a client's last event was, in milliseconds.
double done_ms(const Lane& lane);

}  // namespace weir::lab
