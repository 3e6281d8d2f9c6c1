#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <weir/service.hpp>

#include "cli/model_table.hpp"
#include "core/accept.hpp"
#include "core/limits.hpp"
#include "core/log.hpp"

namespace weir::cli {

/// How many workers, as far as it was said.
struct WorkerOptions {
  std::optional<std::uint32_t> processes;  // 0: as many as there are cores
  std::optional<std::uint32_t> threads;    // in each process; likewise
  std::optional<Accept> accept;
};

struct ServeOptions {
  std::vector<std::string> listen;  // empty: the loopback address, and the service's own port
  ModelOptions model;
  WorkerOptions workers;
  Limits limits;                                 // of all workers together
  std::optional<std::uint32_t> connections_max;  // if it was said
  int backlog = 4096;
  Log::Level log = Log::Level::normal;
};

/// Serves until SIGTERM or SIGINT, and drains. Returns the exit code. Throws Failure.
int serve(const Service& service, const ServeOptions& options);

}  // namespace weir::cli
