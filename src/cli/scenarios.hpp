#pragma once
#include <string>
#include <vector>

#include <weir/service.hpp>

#include "cli/compare.hpp"

namespace weir::cli {

/// The names of the scenarios that ship with the command.
std::vector<std::string> scenario_names();

/// Prints the file of a scenario that ships with the command, to be copied and changed. Returns the
/// exit code. Throws Failure.
int show_scenario(const std::string& name);

/// The same of the scenario that measures what was asked (`--ask`).
int show_asked(const std::string& ask);

/// Runs the scenarios that `options` name, each with its own contestants, and says what to take for
/// which load. Returns the exit code. Throws Failure.
int compare_scenarios(const std::vector<Service>& services, const CompareOptions& options);

}  // namespace weir::cli
