#pragma once
#include <string>
#include <vector>

#include <weir/service.hpp>

#include "cli/model_table.hpp"
#include "core/limits.hpp"
#include "core/log.hpp"

namespace weir::cli {

struct ServeOptions {
  std::vector<std::string> listen;  // empty: the loopback address, and the service's own port
  ModelOptions model;
  Limits limits;
  int backlog = 4096;
  Log::Level log = Log::Level::normal;
};

/// Serves until SIGTERM or SIGINT, and drains. Returns the exit code. Throws Failure.
int serve(const Service& service, const ServeOptions& options);

}  // namespace weir::cli
