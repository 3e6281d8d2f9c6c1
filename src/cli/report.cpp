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
#include "lab/trial.hpp"

namespace weir::cli {
namespace {

int write_page(const ReportOptions& options, const std::string& page, const std::string& table) {
  write_output(options.page, page);
  if (options.page == "-") return done;
  write_output("-", fmt::format("{}\nreport: {}\n", table,
                                std::filesystem::absolute(options.page).string()));
  return done;
}

int report_scenarios(const ReportOptions& options) {
  if (options.results.size() > 1) {
    throw Failure(wrong_usage,
                  fmt::format("{} is of scenarios; give it a page of its own", options.results[0]));
  }
  const std::vector<lab::Trial> trials = read_trials(options.results[0]);
  const auto colour = colour_wanted() ? lab::Colour::ansi : lab::Colour::none;
  return write_page(options, lab::html(trials), lab::trials_table(trials, colour));
}

}  // namespace

int report(const ReportOptions& options) {
  if (holds_scenarios(options.results.front())) return report_scenarios(options);
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
  const auto colour = colour_wanted() ? lab::Colour::ansi : lab::Colour::none;
  return write_page(options, lab::html(results), lab::table(results, colour));
}

}  // namespace weir::cli
