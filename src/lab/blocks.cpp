#include "lab/blocks.hpp"

#include <cmath>

#include "lab/statistics.hpp"

namespace weir::lab {
namespace {

const Cell* neighbour_of(const Results& results, const Cell& cell) {
  for (const Cell& each : results.cells) {
    if (!each.twin && each.contestant == results.reference && each.block == cell.block &&
        each.connections == cell.connections) {
      return &each;
    }
  }
  return nullptr;
}

}  // namespace

std::vector<const Cell*> cells_of(const Results& results, const std::string& contestant,
                                  std::size_t connections) {
  std::vector<const Cell*> found;
  for (const Cell& cell : results.cells) {
    if (!cell.twin && cell.contestant == contestant && cell.connections == connections) {
      found.push_back(&cell);
    }
  }
  return found;
}

std::vector<const Cell*> twins_of(const Results& results) {
  std::vector<const Cell*> twins;
  for (const Cell& cell : results.cells) {
    if (cell.twin) twins.push_back(&cell);
  }
  return twins;
}

std::vector<double> known_values(const std::vector<const Cell*>& cells, const FigureOf& figure_of) {
  std::vector<double> values;
  for (const Cell* cell : cells) {
    const Figure figure = figure_of(*cell);
    if (figure.known()) values.push_back(figure.value_or(0));
  }
  return values;
}

Figure over_blocks(const std::vector<const Cell*>& cells, const FigureOf& figure_of) {
  const auto values = known_values(cells, figure_of);
  if (!values.empty()) return median(values);
  return cells.empty() ? Figure::missing("not measured") : figure_of(*cells.back());
}

Paired paired(const Results& results, const std::vector<const Cell*>& cells,
              const FigureOf& figure_of) {
  Paired both;
  for (const Cell* cell : cells) {
    const Cell* neighbour = neighbour_of(results, *cell);
    if (neighbour == nullptr) continue;
    const double own = figure_of(*cell).value_or(0);
    const double reference = figure_of(*neighbour).value_or(0);
    if (own <= 0 || reference <= 0) continue;
    both.own.push_back(own);
    both.reference.push_back(reference);
  }
  return both;
}

std::vector<double> log_ratios(const Results& results, const std::vector<const Cell*>& cells,
                               const FigureOf& figure_of) {
  const Paired both = paired(results, cells, figure_of);
  std::vector<double> ratios;
  for (std::size_t i = 0; i < both.own.size(); ++i) {
    ratios.push_back(std::log(both.own[i] / both.reference[i]));
  }
  return ratios;
}

}  // namespace weir::lab
