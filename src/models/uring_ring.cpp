#include "models/uring_ring.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <string>
#include <system_error>

#include "core/time_left.hpp"
#include "models/models.hpp"

namespace weir {
namespace {

/// Who forbids it.
std::string ban() {
  std::ifstream setting("/proc/sys/kernel/io_uring_disabled");
  std::string value;
  if (setting >> value && value != "0") return "kernel.io_uring_disabled is " + value;
  return "a seccomp filter or a security module: EPERM";
}

[[noreturn]] void refuse(int error) {
  std::string why = "io_uring fails here: " + std::system_category().message(error);
  if (error == EPERM || error == EACCES) why = "the kernel forbids io_uring here (" + ban() + ")";
  if (error == ENOSYS) why = "this kernel has no io_uring";
  if (error == EINVAL) why = "this kernel's io_uring has no provided buffer rings (Linux 5.19 has)";
  if (error == ENOMEM) why = "io_uring may lock too little memory here (ulimit -l)";
  throw Unavailable(why + "; take --model epoll");
}

}  // namespace

Ring::Ring() {
  // Completions are run when this thread asks for them, not by interrupting it: Linux 6.1.
  int result = open_with(IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN);
  if (result == -EINVAL) result = open_with(IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG);
  if (result < 0) refuse(-result);
  result = register_buffers();
  if (result >= 0) result = try_it();
  if (result < 0) {
    ::io_uring_queue_exit(&ring_);
    refuse(-result);
  }
  for (unsigned id = buffers_max; id > 0; --id) {
    free_ids_.push_back(static_cast<std::uint16_t>(id - 1));
  }
  ::io_uring_register_ring_fd(&ring_);  // spares a look-up in each call; if it fails, it does not
}

Ring::~Ring() {
  ::io_uring_queue_exit(&ring_);
  for (char* buffer : buffers_) {
    if (buffer != nullptr) loans_->give(buffer);
  }
}

int Ring::open_with(unsigned flags) {
  io_uring_params parameters{};
  parameters.flags = flags | IORING_SETUP_CQSIZE | IORING_SETUP_SUBMIT_ALL;
  parameters.cq_entries = completions_max;
  return ::io_uring_queue_init_params(entries, &ring_, &parameters);
}

int Ring::register_buffers() {
  io_uring_buf_reg registration{};
  registration.ring_addr = reinterpret_cast<std::uint64_t>(buffer_ring_.get());
  registration.ring_entries = buffers_max;
  registration.bgid = buffer_group;
  return ::io_uring_register_buf_ring(&ring_, &registration, 0);
}

/// A filter may allow to set a ring up, and forbid to use it.
int Ring::try_it() {
  io_uring_prep_nop(entry());
  const int result = ::io_uring_submit_and_wait(&ring_, 1);
  ::io_uring_cq_advance(&ring_, ::io_uring_cq_ready(&ring_));
  return result;
}

void Ring::poll(int fd, int events, Tag tag) {
  io_uring_sqe* sqe = entry();
  io_uring_prep_poll_add(sqe, fd, static_cast<unsigned>(events));
  sqe->user_data = tag.bits;
}

void Ring::accept_all(int listener, Tag tag) {
  io_uring_sqe* sqe = entry();
  io_uring_prep_multishot_accept(sqe, listener, nullptr, nullptr, SOCK_CLOEXEC);
  sqe->user_data = tag.bits;
}

void Ring::cancel(Tag tag) {
  io_uring_sqe* sqe = entry();
  io_uring_prep_cancel64(sqe, tag.bits, 0);
  sqe->flags = IOSQE_CQE_SKIP_SUCCESS;
  sqe->user_data = Tag::of(Tag::Kind::ignored, 0).bits;
}

std::span<const Completion> Ring::wait(Time until) {
  if (offered_ < wanted_) offer_buffers();
  const int result = submit_and_wait(until);
  // Not an error: the time was over, a signal came, or completions have to be taken first.
  const bool expected =
      result == -ETIME || result == -EINTR || result == -EAGAIN || result == -EBUSY;
  if (result < 0 && !expected) {
    throw std::system_error(-result, std::system_category(), "io_uring_enter");
  }
  unsigned head = 0;
  unsigned count = 0;
  io_uring_cqe* cqe = nullptr;
  io_uring_for_each_cqe(&ring_, head, cqe) {
    if (count == completions_.size()) break;  // the others are there in the next turn
    completions_[count++] = {{cqe->user_data}, cqe->res, cqe->flags};
  }
  ::io_uring_cq_advance(&ring_, count);
  return {completions_.data(), count};
}

int Ring::submit_and_wait(Time until) {
  if (until == never) return ::io_uring_submit_and_wait(&ring_, 1);
  if (until == Time{}) return ::io_uring_submit_and_get_events(&ring_);
  const timespec left = time_left(until);
  __kernel_timespec timeout{left.tv_sec, left.tv_nsec};
  io_uring_cqe* first = nullptr;
  return ::io_uring_submit_and_wait_timeout(&ring_, &first, 1, &timeout, nullptr);
}

io_uring_sqe* Ring::submit_for_entry() {
  const int result = ::io_uring_submit(&ring_);
  if (io_uring_sqe* sqe = ::io_uring_get_sqe(&ring_)) return sqe;
  throw std::system_error(result < 0 ? -result : EBUSY, std::system_category(), "io_uring_enter");
}

/// From the pool to the kernel: up to as many as are wanted, or as the pool has.
void Ring::offer_buffers() {
  auto* ring = reinterpret_cast<io_uring_buf_ring*>(buffer_ring_.get());
  int count = 0;
  while (offered_ < wanted_ && !free_ids_.empty()) {
    char* buffer = loans_->take();
    if (buffer == nullptr) break;
    const std::uint16_t id = free_ids_.back();
    free_ids_.pop_back();
    buffers_[id] = buffer;
    ::io_uring_buf_ring_add(ring, buffer, Loans::size_bytes, id, buffers_max - 1, count++);
    ++offered_;
  }
  ::io_uring_buf_ring_advance(ring, count);
}

}  // namespace weir
