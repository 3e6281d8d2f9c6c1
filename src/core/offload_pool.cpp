#include "core/offload_pool.hpp"

#include <signal.h>
#include <system_error>

#include "core/signals_blocked.hpp"

namespace weir {

OffloadPool::OffloadPool(std::uint32_t threads_max, Inbox& inbox)
    : threads_max_(threads_max), inbox_(inbox) {}

OffloadPool::~OffloadPool() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool OffloadPool::run(Job& job) {
  const std::lock_guard lock(mutex_);
  if (idle_ <= queued_ && threads_.size() < threads_max_) {
    const SignalsBlocked for_the_loop{SIGTERM, SIGINT, SIGALRM};
    try {
      threads_.emplace_back([this] { work(); });
    } catch (const std::system_error&) {  // those that there are have to do
      if (threads_.empty()) return false;
    }
  }
  job.next = nullptr;
  (last_ != nullptr ? last_->next : first_) = &job;
  last_ = &job;
  ++queued_;
  changed_.notify_one();
  return true;
}

void OffloadPool::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    changed_.wait(lock, [this] { return first_ != nullptr || ending_; });
    --idle_;
    if (first_ == nullptr) return;
    Job& job = *first_;
    first_ = job.next;
    if (first_ == nullptr) last_ = nullptr;
    --queued_;
    lock.unlock();
    job.run(job);
    inbox_.put(job);  // from here on it is its session's again
    lock.lock();
  }
}

}  // namespace weir
