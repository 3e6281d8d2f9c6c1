// What every comparison on the command line needs.
#pragma once
#include <atomic>
#include <string>
#include <vector>

#include <weir/service.hpp>

#include "cli/compare.hpp"
#include "lab/experiment.hpp"

namespace weir::cli {

/// This very command: what serves and makes the load are its own verbs.
std::string own_path();

/// Throws Failure when the model can't run here, or not this service.
void check_model(const Service& service, const std::string& name);

/// Those of the contestants (`MODEL [words of serve]`) whose models can run here. Of the others it
/// says why not, and goes on without them.
std::vector<std::string> that_can_run(const Service& service, std::vector<std::string> contestants);

/// What all comparisons take from the command line in the same way.
lab::CompareOptions common_options(const Service& service, const CompareOptions& options);

/// Says on stderr how far a comparison is; nothing when `quiet`.
lab::Progress progress(bool quiet);

/// From now on SIGINT and SIGTERM set what is returned.
const std::atomic<bool>& stop_on_signals();

}  // namespace weir::cli
