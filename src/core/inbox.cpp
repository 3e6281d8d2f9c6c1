#include "core/inbox.hpp"

#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace weir {

void Bell::ring() {
  rung_ = true;
  if (told_ != nullptr) std::exchange(told_, nullptr)->put(*this);
}

void Bell::listen(Op& op, Inbox& inbox) {
  const std::lock_guard lock(mutex_);
  waiting_ = &op;
  inbox_ = &inbox;
  if (rung_)
    inbox.put(*this);
  else
    told_ = &inbox;
}

void Bell::ignore() {
  const std::lock_guard lock(mutex_);
  told_ = nullptr;
  if (waiting_ != nullptr) inbox_->remove(*this);
  waiting_ = nullptr;
}

bool Bell::has_rung() {
  const std::lock_guard lock(mutex_);
  return rung_;
}

void Inbox::put(Bell& bell) noexcept {
  const std::lock_guard lock(mutex_);
  bell.lies_in_inbox_ = true;
  bell.next_ = nullptr;
  bell.previous_ = last_bell_;
  (last_bell_ != nullptr ? last_bell_->next_ : first_bell_) = &bell;
  last_bell_ = &bell;
  tell();
}

void Inbox::put(Job& job) noexcept {
  const std::lock_guard lock(mutex_);
  job.next = nullptr;
  (last_job_ != nullptr ? last_job_->next : first_job_) = &job;
  last_job_ = &job;
  tell();
}

/// With the mutex held, and so before the owner can have seen the entry and be gone.
void Inbox::tell() noexcept {
  size_.fetch_add(1, std::memory_order_relaxed);
  if (!fd_ || std::exchange(told_, true)) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(fd_.get(), &one, sizeof one);
}

Op* Inbox::take() noexcept {
  const std::lock_guard lock(mutex_);
  if (Job* job = first_job_) {
    first_job_ = job->next;
    if (first_job_ == nullptr) last_job_ = nullptr;
    size_.fetch_sub(1, std::memory_order_relaxed);
    return job->op;
  }
  Bell* bell = first_bell_;
  if (bell == nullptr) return nullptr;
  first_bell_ = bell->next_;
  (first_bell_ != nullptr ? first_bell_->previous_ : last_bell_) = nullptr;
  bell->lies_in_inbox_ = false;
  size_.fetch_sub(1, std::memory_order_relaxed);
  return bell->waiting_;
}

void Inbox::remove(Bell& bell) noexcept {
  const std::lock_guard lock(mutex_);
  if (!std::exchange(bell.lies_in_inbox_, false)) return;
  (bell.previous_ != nullptr ? bell.previous_->next_ : first_bell_) = bell.next_;
  (bell.next_ != nullptr ? bell.next_->previous_ : last_bell_) = bell.previous_;
  size_.fetch_sub(1, std::memory_order_relaxed);
}

int Inbox::fd() noexcept {
  const std::lock_guard lock(mutex_);
  if (fd_) return fd_.get();
  told_ = size() > 0;
  fd_ = Descriptor(::eventfd(told_ ? 1 : 0, EFD_CLOEXEC | EFD_NONBLOCK));
  return fd_.get();
}

void Inbox::hush() noexcept {
  const std::lock_guard lock(mutex_);
  if (!std::exchange(told_, false)) return;
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t read = ::read(fd_.get(), &count, sizeof count);
}

}  // namespace weir
