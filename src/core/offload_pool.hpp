#pragma once
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include <weir/op.hpp>

#include "core/inbox.hpp"

namespace weir {

/// Threads that run the jobs of one event loop, in the order in which they come, and put each into
/// the loop's inbox when it has run. A thread is made when a job comes and none is idle, up to a
/// bound. What queues is bounded by the sessions, each of which waits for one job at most.
class OffloadPool {
 public:
  /// `threads_max`: at least 1. `inbox` outlives the pool.
  OffloadPool(std::uint32_t threads_max, Inbox& inbox);
  /// Every job has run by then.
  ~OffloadPool();
  OffloadPool(const OffloadPool&) = delete;
  OffloadPool& operator=(const OffloadPool&) = delete;

  /// False: there is no thread, and none can be made; the job was not taken.
  bool run(Job& job);

 private:
  void work();

  const std::uint32_t threads_max_;
  Inbox& inbox_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Job* first_ = nullptr;
  Job* last_ = nullptr;
  std::size_t queued_ = 0;
  std::size_t idle_ = 0;  // threads that wait for a job
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace weir
