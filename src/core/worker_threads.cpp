#include "core/worker_threads.hpp"

#include <deque>
#include <exception>
#include <thread>
#include <unistd.h>
#include <utility>

#include "core/event_counter.hpp"
#include "core/poll_until.hpp"
#include "core/signals_blocked.hpp"

namespace weir {
namespace {

/// One worker, and the thread that it runs on.
struct Worker {
  Worker(const WorkerPlan& plan, Stop& stop, WorkerPlace place)
      : state(*place.state), work(stop, plan.limits, plan.log, &place.state->statistics) {
    work.session = plan.session;
    work.listeners = std::move(place.listeners);
  }

  void run(const WorkerPlan& plan, const std::function<void()>& told) {
    const std::unique_ptr<Model> model = plan.make_model();
    state.pid = ::getpid();
    state.serving = true;
    told();
    model->serve(work);
  }

  WorkerState& state;
  Work work;
  std::exception_ptr failure;
  std::thread thread;
};

/// The workers on the threads of this process, and what the main thread does for them.
class Crew {
 public:
  Crew(const WorkerPlan& plan, Stop& stop, const std::function<void()>& told,
       const std::function<void()>& drains)
      : plan_(plan), stop_(stop), told_(told), drains_(drains) {}
  ~Crew() {
    for (Worker& worker : workers_) {
      if (worker.thread.joinable()) worker.thread.join();
    }
  }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  void start(std::vector<WorkerPlace> places) {
    const SignalsBlocked for_the_main_thread{SIGTERM, SIGINT, SIGALRM};
    for (WorkerPlace& place : places) {
      Worker& worker = workers_.emplace_back(plan_, stop_, std::move(place));
      worker.work.company = Work::Company::among_threads;
    }
    try {
      for (Worker& worker : workers_) {
        worker.thread = std::thread([this, &worker] { run(worker); });
        ++running_;
      }
    } catch (...) {
      stop_.request();
      wait();
      throw;
    }
  }

  /// Waits until all have ended. They see the request to end for themselves, but for those that
  /// wait inside system calls where they can watch nothing.
  void wait() {
    bool begun = false;
    bool forced = false;
    Time force_at = never;
    while (running_ > 0) {
      std::vector<pollfd> watched{{ended_.fd(), POLLIN, 0}};
      if (!begun) watched.push_back({stop_.requested_fd(), POLLIN, 0});
      if (!forced) watched.push_back({stop_.forced_fd(), POLLIN, 0});
      poll_until(watched, forced ? never : force_at);
      running_ -= ended_.take();
      if (stop_.requested() && !std::exchange(begun, true)) {
        drains_();
        force_at = after(Clock::now(), plan_.limits.drain_timeout);
        for (Worker& worker : workers_) {
          if (worker.work.ends_from_outside()) worker.work.end_reads_of_all();
        }
      }
      if (begun && Clock::now() >= force_at) stop_.force();
      if (stop_.forced() && !std::exchange(forced, true)) {
        for (Worker& worker : workers_) {
          if (worker.work.ends_from_outside()) worker.work.force_end();
        }
      }
    }
  }

  void rethrow_failure() {
    for (Worker& worker : workers_) {
      if (worker.failure) std::rethrow_exception(worker.failure);
    }
  }

 private:
  void run(Worker& worker) {
    try {
      worker.run(plan_, told_);
    } catch (...) {
      worker.failure = std::current_exception();
      stop_.request();
    }
    ended_.add_one();
  }

  const WorkerPlan& plan_;
  Stop& stop_;
  const std::function<void()>& told_;
  const std::function<void()>& drains_;
  EventCounter ended_;
  std::uint64_t running_ = 0;
  std::deque<Worker> workers_;  // whose threads name them
};

}  // namespace

void run_workers(const WorkerPlan& plan, Stop& stop, std::vector<WorkerPlace> places,
                 const std::function<void()>& told, const std::function<void()>& drains) {
  if (places.size() == 1) {
    Worker(plan, stop, std::move(places.front())).run(plan, told);
    return;
  }
  Crew crew(plan, stop, told, drains);
  crew.start(std::move(places));
  crew.wait();
  crew.rethrow_failure();
}

}  // namespace weir
