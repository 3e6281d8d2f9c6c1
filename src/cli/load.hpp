#pragma once
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include <weir/service.hpp>

namespace weir::cli {

struct LoadOptions {
  std::string target;
  std::uint32_t connections = 64;
  Duration duration = std::chrono::seconds(10);
  Duration warm_up = std::chrono::milliseconds(300);
  std::optional<std::size_t> request_bytes;  // none: 64, or what the service's requests have
  std::string request;                       // empty: the service's own
  std::optional<pid_t> server_pid;           // watched from outside while the load runs
  std::string json;                          // a file, or - for stdout; empty: none
  bool quiet = false;
};

/// Throws Failure (wrong usage) when the service doesn't say how its clients make requests.
void need_exchanges(const Service& service);

/// Makes the load and prints what came of it. Returns the exit code. Throws Failure.
int load(const std::vector<Service>& services, const LoadOptions& options);

}  // namespace weir::cli
