#pragma once
#include <string>
#include <vector>

#include "lab/awake.hpp"

namespace weir::cli {

struct PricesOptions {
  std::vector<std::string> only;  // empty: all
  bool quick = false;
  lab::IdleCpus idle_cpus = lab::IdleCpus::kept_awake;
  std::string json;  // a file, or -; empty: none
  bool quiet = false;
  std::string command;  // as the user wrote it
};

/// Measures what a system call, a switch, a thread, a process and so on cost on this machine.
/// Returns the exit code. Throws Failure.
int prices(const PricesOptions& options);

}  // namespace weir::cli
