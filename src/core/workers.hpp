#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <string>

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

  /// Serves until SIGTERM or SIGINT, and drains. `serving` is called when all workers accept. False:
  /// it ended for other reasons, or a worker did not drain. Throws what a model throws in this
  /// process.
  bool serve(const std::function<void()>& serving);

  /// What all have counted together.
  std::string statistics_text() const;
  /// How the connections were spread, a line for each worker:
  /// `worker 1 (pid 4312, thread 1): 251 connections`.
  std::vector<std::string> spread() const;

 private:
  bool serve_in_threads(Stop& stop, const std::function<void()>& serving);
  bool supervise(Stop& stop, const std::function<void()>& serving);
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
