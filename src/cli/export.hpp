#pragma once
#include <string>
#include <vector>

#include "lab/tables.hpp"

namespace weir::cli {

/// Where tables of the results go, and how they are written.
struct Export {
  lab::TableFormat format = lab::TableFormat::markdown;
  std::string path;  // -: stdout; empty: nowhere
};

/// Of `markdown` or `csv`, which go to stdout, or of a file whose name ends in .md or .csv. Throws
/// std::invalid_argument with one sentence.
Export parse_export(const std::string& word);

/// Throws Failure (wrong usage) when more than one result goes to stdout (`-`).
void check_outputs(const std::vector<std::string>& paths);

}  // namespace weir::cli
