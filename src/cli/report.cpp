// weir report: the page of a comparison that was made before.
#include "cli/report.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "cli/failure.hpp"
#include "cli/output.hpp"
#include "cli/results_file.hpp"
#include "lab/report.hpp"
#include "lab/results_read.hpp"
#include "lab/table.hpp"

namespace weir::cli {

int report(const ReportOptions& options) {
  std::vector<lab::Results> runs;
  for (const std::string& path : options.results) {
    runs.push_back(read_results(path));
    const std::string differs = lab::difference(runs.front(), runs.back());
    if (!differs.empty()) {
      throw Failure(wrong_usage, fmt::format("{} is of {} than {}; give each a page of its own",
                                             path, differs, options.results.front()));
    }
  }
  const lab::Results results = lab::merged(runs);
  write_output(options.page, lab::html(results));
  if (options.page == "-") return done;
  const auto colour = colour_wanted() ? lab::Colour::ansi : lab::Colour::none;
  write_output("-", fmt::format("{}\nreport: {}\n", lab::table(results, colour),
                                std::filesystem::absolute(options.page).string()));
  return done;
}

}  // namespace weir::cli
