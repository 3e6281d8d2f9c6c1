// The loads that run at the same time as the one that is measured.
#pragma once

#include <chrono>
#include <deque>
#include <string>
#include <vector>

#include "lab/experiment.hpp"
#include "lab/process.hpp"

namespace weir::lab {

/// How long a child may take to leave when it is asked to.
inline constexpr std::chrono::milliseconds drain_timeout{3'000};

/// Returns `weir load SERVICE://HOST:PORT`.
std::vector<std::string> load_command(const CompareOptions& options, const Server& server);

/// Starts the loads beside, each at its time, and the relays that they go through. Those that still
/// run when it goes are killed.
class Beside {
 public:
  /// Throws std::runtime_error when a relay can't be had, with what it said.
  Beside(const CompareOptions& options, const Machine& machine, const Server& server);

  /// Returns how much of the machine's CPU time they have used since they were started.
  double cpu_share() const;

  /// Ends the loads. Throws std::runtime_error when one could not do what it was told.
  void end();

 private:
  std::chrono::steady_clock::time_point begin_;
  std::deque<Server> relays_;
  std::vector<Process> loads_;
};

}  // namespace weir::lab
