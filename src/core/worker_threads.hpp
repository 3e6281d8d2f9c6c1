#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <sys/types.h>
#include <vector>

#include <weir/model.hpp>

#include "core/work.hpp"

namespace weir {

/// What every worker of a server runs.
struct WorkerPlan {
  std::function<std::unique_ptr<Model>()> make_model;  // on the thread that will run it
  Work::PeerSession session;
  Limits limits;  // of one worker
  Log log = Log::quiet();
};

/// What others see of a worker, its supervisor in another process included.
struct WorkerState {
  Statistics statistics;
  std::atomic<pid_t> pid{0};
  std::atomic<bool> serving{false};
};

/// One worker: where it listens, and where it is seen.
struct WorkerPlace {
  std::vector<Listener> listeners;
  WorkerState* state;
};

/// Runs a worker at each of `places` until all have ended: one on this very thread, several on
/// threads of their own, while this one waits for the request to end and for them. `told` is called
/// by each when it begins to serve, `drains` by this thread when the end is asked for, if there are
/// several. Throws what a model throws, once the others have drained.
void run_workers(const WorkerPlan& plan, Stop& stop, std::vector<WorkerPlace> places,
                 const std::function<void()>& told, const std::function<void()>& drains);

}  // namespace weir
