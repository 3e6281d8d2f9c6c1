// The runs of a comparison, block by block: what they have in common, and how they differ.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lab/results.hpp"

namespace weir::lab {

/// Returns a figure of a run; one that is unknown, with the reason, where the run doesn't count.
using FigureOf = std::function<Figure(const Cell&)>;

/// Returns the runs of a contestant at a number of connections, without the A/A twin's.
std::vector<const Cell*> cells_of(const Results& results, const std::string& contestant,
                                  std::size_t connections);

/// Returns the runs of the reference's A/A twin.
std::vector<const Cell*> twins_of(const Results& results);

/// Returns the figures that are known.
std::vector<double> known_values(const std::vector<const Cell*>& cells, const FigureOf& figure_of);

/// Returns the median over the blocks; when no block has the figure, the reason the last one gave.
Figure over_blocks(const std::vector<const Cell*>& cells, const FigureOf& figure_of);

/// The figures of runs, each with the reference's of the same block and load beside it: those of
/// which both are known and above 0.
struct Paired {
  std::vector<double> own;
  std::vector<double> reference;
};
Paired paired(const Results& results, const std::vector<const Cell*>& cells,
              const FigureOf& figure_of);

/// Returns the log-ratios to the reference of the same block and load: neighbours in time.
std::vector<double> log_ratios(const Results& results, const std::vector<const Cell*>& cells,
                               const FigureOf& figure_of);

}  // namespace weir::lab
