// Results as tables for other programs: Markdown for a pull request, CSV for a spreadsheet.
#pragma once

#include <string>
#include <vector>

#include "lab/results.hpp"
#include "lab/trial.hpp"

namespace weir::lab {

enum class TableFormat {
  markdown,  ///< figures with their units, the answer beneath (GitHub's tables)
  csv,  ///< RFC 4180 with bare newlines; names and units as in the JSON, unknown is "n/a: reason"
};

/// Returns the rows of a sweep.
std::string tables(const Results& results, TableFormat format);

/// Returns the findings of scenarios: in Markdown a table each, in CSV one of all.
std::string tables(const std::vector<Trial>& trials, TableFormat format);

}  // namespace weir::lab
