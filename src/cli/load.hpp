#pragma once
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include <weir/service.hpp>

#include "load/generator.hpp"

namespace weir::cli {

struct LoadOptions {
  std::string target;
  std::uint32_t connections = 64;
  std::uint32_t pipeline = 1;
  Duration duration = std::chrono::seconds(10);
  bool duration_said = false;
  Duration warm_up = std::chrono::milliseconds(300);
  bool until_steady = false;
  std::optional<load::Rate> rate;          // none: a closed loop
  std::optional<load::Arrivals> arrivals;  // none: as Poisson has them
  std::optional<std::uint64_t> requests;
  load::Think think;
  std::uint32_t page = 1;  // requests after a thought
  load::Connections kind = load::Connections::kept;
  load::Personas personas;
  std::uint64_t seed = 1;
  std::optional<std::size_t> request_bytes;  // none: 64, or what the service's requests have
  std::vector<std::string> asked;            // for these, in turn; empty: the service's own
  std::string trace;                         // an access log that is made again; empty: none
  double trace_speed = 1;
  bool trace_sizes = false;         // of its answers, and not the paths
  std::optional<pid_t> server_pid;  // watched from outside while the load runs
  std::vector<std::string> thresholds;
  std::string json;         // a file, or - for stdout; empty: none
  std::string hgrm;         // likewise: the percentiles
  std::string hdr_log;      // likewise: an interval log
  bool keep_awake = false;  // idle CPUs of this machine
  bool quiet = false;
};

/// Throws Failure (wrong usage) when the service doesn't say how its clients make requests.
void need_exchanges(const Service& service);

/// The same when requests are to be sent before earlier ones are answered, and it doesn't say how the
/// answers are told apart.
void need_answers(const Service& service, const LoadOptions& options);

/// Makes the load and prints what came of it. Returns the exit code. Throws Failure.
int load(const std::vector<Service>& services, const LoadOptions& options);

}  // namespace weir::cli
