#pragma once
#include <string>
#include <vector>

#include "lab/results.hpp"
#include "lab/trial.hpp"

namespace weir::cli {

/// Returns the text of a file that `weir VERB --json FILE` makes. Throws Failure (wrong usage) when
/// it can't be read.
std::string read_made_file(const std::string& path, const std::string& verb);

/// Whether the file holds what `weir compare` left of scenarios, and what that is. read_trials throws
/// Failure (wrong usage) with one sentence when it isn't there, or is something else.
bool holds_scenarios(const std::string& path);
std::vector<lab::Trial> read_trials(const std::string& path);

/// Returns the results that the sweep of `weir compare` left in a file. Throws Failure (wrong usage) with one
/// sentence when it isn't there, or is something else.
lab::Results read_results(const std::string& path);

/// Throws the Failure (wrong usage) of a file that is something else than it should be; `why` is
/// what the reader of its text has to say.
[[noreturn]] void refuse_file(const std::string& path, const std::string& why);

}  // namespace weir::cli
