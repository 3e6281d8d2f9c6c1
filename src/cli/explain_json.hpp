#pragma once
#include <string>
#include <vector>

#include "cli/explain.hpp"

namespace weir::cli {

/// The names under which `weir compare` has figures of a model: its own, and its twin's.
std::vector<std::string> contestants_of(const std::string& model);

/// What `weir explain` says, for programs: schema weir.explain/1.
std::string explain_json(const ExplainOptions& options);

}  // namespace weir::cli
