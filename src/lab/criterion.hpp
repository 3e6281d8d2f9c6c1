// By which figure a scenario judges its contestants.
#pragma once

#include <string>
#include <string_view>

#include "lab/figure.hpp"
#include "lab/results.hpp"

namespace weir::lab {

enum class Criterion {
  cpu,       ///< server CPU time for each request
  rate,      ///< answers a second
  p50,       ///< of the latency; of the response time in an open loop
  p99,       ///< likewise
  calm_p99,  ///< in the calmer slices of the window: what the machine itself holds up is hardly in
             ///< it, and tells nothing of who is better. Judges instead of p99 where it is known
  memory,    ///< that a connection adds: user memory, kernel stacks and page tables
  unserved,  ///< clients that never got an answer
  lost,      ///< connections that broke off
};

/// What a latency must keep to: `p99<20ms`.
struct Goal {
  std::string text;
  Criterion figure = Criterion::p99;
  double below_ns = 0;
};

/// Returns the criterion of that name. Throws std::runtime_error with one sentence when there is
/// none.
Criterion parse_criterion(std::string_view name);
std::string_view name(Criterion criterion);

/// Returns what the criterion is, for a table's head: "server CPU per request".
std::string_view title(Criterion criterion);

bool higher_is_better(Criterion criterion);

/// Whether it counts something that may be none, and that doesn't vary as times do.
bool is_count(Criterion criterion);

/// Returns the figure of one run.
Figure figure_of(const Cell& cell, Criterion criterion);

/// Returns the latency of one run that the goal is about: of all requests, however calm it was.
Figure promised(const Cell& cell, const Goal& goal);

/// Whether the latency is known, and as it must be.
bool keeps(const Figure& latency_ns, const Goal& goal);

/// Returns the figure with its unit, or "n/a".
std::string text_of(const Figure& figure, Criterion criterion);

}  // namespace weir::lab
