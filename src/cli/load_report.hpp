#pragma once
#include <optional>
#include <string>
#include <vector>

#include "cli/load.hpp"
#include "cli/thresholds.hpp"
#include "lab/server_meter.hpp"

namespace weir::cli {

/// A load that was made, and what came of it.
struct LoadReport {
  const LoadOptions& options;
  const load::Plan& plan;
  const load::LoadResult& result;
  const std::vector<Judged>& judged;
  std::optional<lab::ServerFigures> server;
};

/// What is printed with --json; docs/LOAD.md describes it.
std::string json_of(const LoadReport& report);
/// The same for a reader.
std::string text_of(const LoadReport& report);

/// Why the result can't be trusted, in one sentence; empty when it can.
std::string mistrust(const load::Plan& plan, const load::LoadResult& result);

}  // namespace weir::cli
