#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/listeners.hpp"
#include "core/shared.hpp"
#include "core/worker_threads.hpp"

namespace weir {

/// A server of several workers: `processes` times `threads` of them. With one process they are
/// threads of this one; with several this one supervises.
class Workers {
 public:
  Workers(WorkerPlan plan, std::uint32_t processes, std::uint32_t threads, Accept accept);

  /// To be filled before they serve.
  Listeners& listeners() { return listeners_; }

  /// Serves until SIGTERM or SIGINT, and drains. `serving` is called when all workers accept. Returns
  /// nothing, or a sentence that says why it ended otherwise. Throws what a model throws in this
  /// process.
  std::optional<std::string> serve(const std::function<void()>& serving);

  /// What all have counted together.
  std::string statistics_text() const;
  /// How the connections were spread, a line for each worker:
  /// `worker 1 (pid 4312, thread 1): 251 connections`.
  std::vector<std::string> spread() const;

 private:
  void serve_in_threads(Stop& stop, const std::function<void()>& serving);
  std::optional<std::string> supervise(Stop& stop, const std::function<void()>& serving);
  int run_process(std::uint32_t process, const std::function<void()>& told);
  std::vector<WorkerPlace> places_of(std::uint32_t process);
  std::string name_of(std::uint32_t process) const;
  bool all_serve() const;

  WorkerPlan plan_;
  std::uint32_t processes_;
  std::uint32_t threads_;
  Listeners listeners_;
  std::deque<Shared<WorkerState>> states_;  // by worker
};

}  // namespace weir
