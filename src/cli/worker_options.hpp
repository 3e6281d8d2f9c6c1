#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include <weir/service.hpp>

#include "cli/command_line.hpp"
#include "cli/model_table.hpp"
#include "cli/serve.hpp"
#include "core/workers.hpp"

namespace weir::cli {

/// The options of `serve` about workers.
void add_worker_options(Verb& verb, WorkerOptions& options);

/// How many workers there are, and how they accept.
struct WorkerCounts {
  std::uint32_t processes = 1;
  std::uint32_t threads = 1;
  Accept accept = Accept::shard;

  std::uint32_t workers() const { return processes * threads; }
  /// For the banner: `6 workers (3 processes x 2 threads, accept shard; Ctrl-C drains)`.
  std::string text() const;
};

/// What was asked for, or else what suits the model (or product). Throws Failure (wrong usage) where
/// it makes no sense.
WorkerCounts count_workers(const Service& service, const ServeOptions& options);

/// Refuses a service whose sessions share memory where they would run in several processes. `why`
/// names the cause and the way out: `--processes 2 serves them in several; take --processes 1`.
/// Throws Failure.
void refuse_separate_processes(const Service& service, const std::string& why);

/// The limits of each of `counts` workers: those on connections and buffers are for all together.
Limits limits_of_each(const ServeOptions& options, const WorkerCounts& counts);

}  // namespace weir::cli
