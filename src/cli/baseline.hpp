// An earlier run that a new one is held against.
#pragma once
#include <string>
#include <vector>

#include "cli/compare.hpp"
#include "lab/experiment.hpp"
#include "lab/trial.hpp"

namespace weir::cli {

/// Reads what an earlier sweep left. Throws Failure (wrong usage) when it isn't that, or has nothing
/// in common with the one that is planned: before hours are spent.
lab::Results sweep_baseline(const std::string& path, const lab::CompareOptions& planned);

/// The same of scenarios; of those that are planned, which contestants take part.
struct PlannedTrial {
  lab::Scenario scenario;
  std::vector<std::string> contestants;
};
std::vector<lab::Trial> scenarios_baseline(const std::string& path,
                                           const std::vector<PlannedTrial>& planned);

/// Whether stdout gets another result than the table: what else there is to say goes to stderr then.
enum class Stdout { free, taken };

/// Of the comparison. Throws Failure (wrong usage) when two results go there.
Stdout stdout_of(const CompareOptions& options);

/// Prints how `now` differs from `before`, where `out` lets it. Returns the exit code: `threshold` when
/// something has become worse.
int hold_against(const lab::Results& before, const lab::Results& now, Stdout out);
int hold_against(const std::vector<lab::Trial>& before, const std::vector<lab::Trial>& now,
                 Stdout out);

}  // namespace weir::cli
