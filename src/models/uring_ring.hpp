#pragma once
#include <array>
#include <cstdint>
#include <liburing.h>
#include <memory>
#include <span>
#include <sys/socket.h>
#include <utility>
#include <vector>

#include "core/loans.hpp"

namespace weir {

/// What a request is about. It travels with the request, and comes back with its completion.
struct Tag {
  enum class Kind : std::uint8_t {
    ignored,
    stop,
    inbox,
    listener,
    read,  // of an op, as the next two
    write,
    room,
    readable,  // of a stream, as the next
    writable,
  };

  std::uint64_t bits = 0;  // the kind, and whose: addresses have fewer than 60 bits

  static constexpr Tag of(Kind kind, std::uint64_t whose) {
    return {static_cast<std::uint64_t>(kind) << 60 | whose};
  }
  static Tag of(Kind kind, const Op& op) { return of(kind, reinterpret_cast<std::uint64_t>(&op)); }
  static Tag of(Kind kind, const Stream& stream) {
    return of(kind, reinterpret_cast<std::uint64_t>(&stream));
  }
  Kind kind() const { return static_cast<Kind>(bits >> 60); }
  std::uint64_t whose() const { return bits & ((std::uint64_t{1} << 60) - 1); }
  Op& op() const { return *reinterpret_cast<Op*>(whose()); }
  Stream& stream() const { return *reinterpret_cast<Stream*>(whose()); }
};

/// What came of a request.
struct Completion {
  Tag tag;
  int result = 0;  // negative: an errno value
  std::uint32_t flags = 0;

  bool more_to_come() const { return (flags & IORING_CQE_F_MORE) != 0; }
};

/// An io_uring: a queue of requests, one of completions, and a ring of read buffers of which the
/// kernel takes one when bytes have arrived. All of it for one thread. io_uring(7)
///
/// A request lies in the queue until the next `wait`, or until the queue is full. Those that make
/// one throw std::system_error when the kernel takes none any more.
class Ring {
 public:
  static constexpr unsigned completions_max = 1024;  // that the kernel can post at once

  /// Throws Unavailable when the kernel doesn't have, or doesn't allow, what is needed.
  Ring();
  ~Ring();
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  /// Where its buffers come from and go back to. Before the first read; they outlive it.
  void lend_from(Loans& loans) { loans_ = &loans; }

  /// recv(2) of what arrives, into one of the buffers. The socket has to be a blocking one, else the
  /// kernel doesn't wait for bytes.
  void read(int fd, Tag tag) {
    io_uring_sqe* sqe = entry();
    io_uring_prep_recv(sqe, fd, nullptr, Loans::size_bytes, 0);
    sqe->flags = IOSQE_BUFFER_SELECT;
    sqe->buf_group = buffer_group;
    sqe->user_data = tag.bits;
  }
  /// send(2) or sendmsg(2); with MSG_DONTWAIT among `flags` it takes what it takes at once. The
  /// parts stay where they are until it has completed.
  void write(int fd, std::span<iovec> parts, int flags, Tag tag) {
    io_uring_sqe* sqe = entry();
    if (parts.size() == 1) {
      io_uring_prep_send(sqe, fd, parts[0].iov_base, parts[0].iov_len, flags | MSG_NOSIGNAL);
    } else {
      constexpr std::size_t parts_max = 64;  // of one request; far below IOV_MAX
      msghdr& message = messages_[static_cast<std::size_t>(sqe - ring_.sq.sqes)];
      message = {};
      message.msg_iov = parts.data();
      message.msg_iovlen = std::min(parts.size(), parts_max);
      io_uring_prep_sendmsg(sqe, fd, &message, static_cast<unsigned>(flags | MSG_NOSIGNAL));
    }
    sqe->user_data = tag.bits;
  }
  /// poll(2): completes when one of `events` is there.
  void poll(int fd, int events, Tag tag);
  /// accept4(2), again and again, with a completion for each connection (multishot).
  void accept_all(int listener, Tag tag);
  /// Asks that the request with this tag end. Completes only by the request's own completion.
  void cancel(Tag tag);

  /// Hands the requests over and waits until something has completed, or until a moment: `never` is
  /// for ever, the past (Time{}) not at all. One system call. The completions are copies, valid until
  /// the next `wait`. None when a signal interrupts it.
  std::span<const Completion> wait(Time until);

  /// Whether a read would find a buffer.
  bool has_buffers() {
    if (offered_ == 0) offer_buffers();
    return offered_ != 0;
  }
  /// The buffer that the kernel took for a read, or null. It is the caller's.
  char* buffer_of(const Completion& read) {
    if ((read.flags & IORING_CQE_F_BUFFER) == 0) return nullptr;
    const auto id = static_cast<std::uint16_t>(read.flags >> IORING_CQE_BUFFER_SHIFT);
    free_ids_.push_back(id);
    --offered_;
    return std::exchange(buffers_[id], nullptr);
  }
  /// A read found no buffer: one more is offered from now on.
  void want_another_buffer() { wanted_ = std::min(wanted_ + 1, buffers_max); }

 private:
  static constexpr unsigned entries = 256;
  static constexpr std::uint16_t buffer_group = 0;
  // Some are enough for many connections, as one is taken only when bytes have arrived; and a few
  // that are warm are better than many.
  static constexpr unsigned buffers_min = 16;
  static constexpr unsigned buffers_max = 1024;

  struct alignas(4096) BufferRing {  // where the kernel reads which buffers it may take
    std::array<io_uring_buf, buffers_max> buffers{};
  };

  io_uring_sqe* entry() {
    io_uring_sqe* sqe = ::io_uring_get_sqe(&ring_);
    return sqe != nullptr ? sqe : submit_for_entry();
  }
  io_uring_sqe* submit_for_entry();
  int open_with(unsigned flags);
  int register_buffers();
  int try_it();
  int submit_and_wait(Time until);
  void offer_buffers();

  Loans* loans_ = nullptr;
  io_uring ring_{};
  std::unique_ptr<BufferRing> buffer_ring_{new BufferRing};
  std::array<char*, buffers_max> buffers_{};  // those that the kernel has, by their ids
  std::vector<std::uint16_t> free_ids_;
  unsigned offered_ = 0;
  unsigned wanted_ = buffers_min;
  std::array<msghdr, entries> messages_{};
  std::array<Completion, 256> completions_{};
};

}  // namespace weir
