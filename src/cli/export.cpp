#include "cli/export.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "cli/failure.hpp"

namespace weir::cli {

Export parse_export(const std::string& word) {
  if (word == "markdown") return {lab::TableFormat::markdown, "-"};
  if (word == "csv") return {lab::TableFormat::csv, "-"};
  if (word.ends_with(".md")) return {lab::TableFormat::markdown, word};
  if (word.ends_with(".csv")) return {lab::TableFormat::csv, word};
  throw std::invalid_argument(fmt::format(
      "'{}' is no kind of table; write markdown, csv, or a file that ends in .md or .csv", word));
}

void check_outputs(const std::vector<std::string>& paths) {
  if (std::count(paths.begin(), paths.end(), "-") > 1) {
    throw Failure(wrong_usage, "only one result can go to stdout; name a file");
  }
}

}  // namespace weir::cli
