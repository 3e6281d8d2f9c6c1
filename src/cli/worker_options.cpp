#include "cli/worker_options.hpp"

#include <algorithm>
#include <sched.h>
#include <stdexcept>

#include <fmt/format.h>

#include "cli/failure.hpp"
#include "cli/products.hpp"
#include "core/loans.hpp"

namespace weir::cli {
namespace {

constexpr std::uint32_t processes_max = 1024;
constexpr std::uint32_t threads_max = 1024;
constexpr std::uint32_t workers_max = 4096;

std::uint32_t cores() {
  cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return 1;
  return static_cast<std::uint32_t>(std::max(1, CPU_COUNT(&allowed)));
}

std::uint32_t resolve(std::uint32_t count) {
  return count == one_per_core ? cores() : count;
}

Verb::Parse parse_count(std::optional<std::uint32_t>& count, std::uint32_t most) {
  return [&count, most](const std::string& word) {
    count = one_per_core;
    if (word == "auto") return;
    try {
      count = static_cast<std::uint32_t>(Verb::parse_number(word, 1, most));
    } catch (const std::invalid_argument& error) {
      throw std::invalid_argument(fmt::format("{}, or auto", error.what()));
    }
  };
}

const char* text_of(Accept accept) {
  return accept == Accept::shard ? "shard" : "share";
}

bool is_path(const std::string& address) {
  return address.starts_with("unix:");
}

template <class Number>
Number part(Number of, std::uint32_t workers) {
  return (of + workers - 1) / workers;
}

}  // namespace

void add_worker_options(Verb& verb, WorkerOptions& options) {
  verb.option("--processes", "N", "processes that serve, watched by a supervisor; auto: the cores",
              "1", parse_count(options.processes, processes_max));
  verb.option("--threads", "N", "threads in each of them that run the model; auto: the cores", "1",
              parse_count(options.threads, threads_max));
  verb.option("--accept", "HOW",
              "shard: a listener for each worker (SO_REUSEPORT); share: one for all (usual where a "
              "worker serves one at a time, and on a unix path)",
              "", [&options](const std::string& word) {
                if (word != "shard" && word != "share") {
                  throw std::invalid_argument(fmt::format("'{}' is not shard or share", word));
                }
                options.accept = word == "shard" ? Accept::shard : Accept::share;
              });
}

std::string WorkerCounts::text() const {
  if (workers() == 1) return "1 worker (Ctrl-C drains)";
  const auto counted = [](std::uint32_t count, const char* one, const char* many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
  };
  return fmt::format("{} workers ({} x {}, accept {}; Ctrl-C drains)", workers(),
                     counted(processes, "process", "processes"),
                     counted(threads, "thread", "threads"), text_of(accept));
}

WorkerCounts count_workers(const Service& service, const ServeOptions& options) {
  Product chosen;
  chosen.model = options.model.model;
  chosen.accept = usual_accept(chosen.model);
  if (const auto product = find_product(chosen.model)) chosen = *product;

  WorkerCounts counts;
  counts.processes = resolve(options.workers.processes.value_or(chosen.processes));
  counts.threads = resolve(options.workers.threads.value_or(chosen.threads));
  if (counts.workers() > workers_max) {
    throw Failure(wrong_usage, fmt::format("{} processes x {} threads are too many; take no more "
                                           "than {} workers in all",
                                           counts.processes, counts.threads, workers_max));
  }
  if (counts.threads > 1 && !runs_in_threads(chosen.model)) {
    throw Failure(wrong_usage,
                  fmt::format("--threads doesn't go with --model {}, which copies its process for "
                              "each connection; take --processes {}",
                              chosen.model, counts.threads));
  }
  if (!runs_in_threads(chosen.model)) {
    refuse_separate_processes(
        service,
        fmt::format(
            "--model {} serves each connection in its own; take --model epoll in one process",
            chosen.model));
  }
  if (counts.processes > 1) {
    refuse_separate_processes(
        service,
        fmt::format("--processes {} serves them in several; take --processes 1", counts.processes));
  }

  const bool any_path = std::any_of(options.listen.begin(), options.listen.end(), is_path);
  if (any_path && options.workers.accept == Accept::shard) {
    throw Failure(wrong_usage,
                  "a unix path can't be sharded; take --accept share, or listen on a port");
  }
  counts.accept = options.workers.accept.value_or(any_path ? Accept::share : chosen.accept);
  return counts;
}

void refuse_separate_processes(const Service& service, const std::string& why) {
  if (service.sharing == Sharing::none) return;
  throw Failure(wrong_usage,
                fmt::format("the sessions of '{}' share the memory of one process, and {}",
                            service.name, why));
}

Limits limits_of_each(const ServeOptions& options, const WorkerCounts& counts) {
  Limits limits = options.limits;
  if (options.connections_max) {
    limits.connections_max = part(*options.connections_max, counts.workers());
  } else {  // the descriptors of one process
    limits.connections_max = part(limits.connections_max, counts.threads);
  }
  if (const std::size_t bound = options.model.loan_memory_bytes; bound != 0) {
    limits.loan_memory_max_bytes = bound;
  }
  limits.loan_memory_max_bytes =
      std::max(Loans::size_bytes, part(limits.loan_memory_max_bytes, counts.workers()));
  return limits;
}

}  // namespace weir::cli
