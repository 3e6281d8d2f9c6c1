// One cell of an experiment: a fresh server, the load, the figures.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lab/experiment.hpp"

namespace weir::lab {

/// Runs one cell and judges it. What goes wrong is told by Cell::failure. When options.stop becomes
/// true the generator is ended and the failure is "interrupted".
Cell run_cell(const CompareOptions& options, const Machine& machine, const PlannedCell& planned);

/// Fills a cell with what `weir load --json` said (schema weir.load/1). Throws std::runtime_error
/// when `text` is not that.
void read_load(Cell& cell, std::string_view text);

/// Takes a share that is known out of what foreign programs used: those that belong to the
/// experiment, beside server and generator, are nobody foreign.
void take_out(Figure& foreign_cpu_share, double share);

/// Runs three simulated clients of the service at once against a fresh server of `contestant`.
LaneSet run_lanes(const CompareOptions& options, const Machine& machine,
                  const Contestant& contestant);

/// Returns what `weir client framed --json` said. Throws std::runtime_error when `text` is not
/// that.
LaneSet read_lanes(std::string_view text);

}  // namespace weir::lab
