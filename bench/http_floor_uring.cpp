// The floor under io_uring: one thread, a receive into a buffer that the kernel picks, a send of the
// answers that were written into it, and one system call for as many of both as there are.
#include <array>
#include <liburing.h>
#include <memory>
#include <signal.h>
#include <unistd.h>

#include "bench/http_floor.hpp"

namespace {

using floors::checked;

constexpr unsigned buffers = 256;  // a power of two
constexpr unsigned buffer_bytes = 64 * 1024;
constexpr std::size_t stride_bytes = buffer_bytes + 64;  // else all begin in the same cache set

/// What a completion is of, in the low bits; above them, of which buffer and which socket.
enum Kind : std::uint64_t { accepting, receiving, sending };

constexpr std::uint64_t name_of(Kind kind, int fd, unsigned buffer = 0) {
  return kind | std::uint64_t{buffer} << 8 | static_cast<std::uint64_t>(fd) << 32;
}

class Floor {
 public:
  explicit Floor(int listener) {
    constexpr unsigned how = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
    checked(io_uring_queue_init(1024, &ring_, how), "io_uring_queue_init");
    io_uring_buf_reg where{reinterpret_cast<std::uint64_t>(offered_), buffers, 0, 0, {}};
    checked(io_uring_register_buf_ring(&ring_, &where, 0), "io_uring_register_buf_ring");
    for (unsigned i = 0; i < buffers; ++i) give_back(i);
    io_uring_prep_multishot_accept(request(name_of(accepting, 0)), listener, nullptr, nullptr, 0);
  }

  [[noreturn]] void run() {
    for (;;) {
      io_uring_submit_and_wait(&ring_, 1);
      io_uring_cqe* each = nullptr;
      unsigned head = 0;
      unsigned count = 0;
      io_uring_for_each_cqe(&ring_, head, each) {
        take(*each);
        ++count;
      }
      io_uring_cq_advance(&ring_, count);
    }
  }

 private:
  io_uring_sqe* request(std::uint64_t name) {
    while (io_uring_sq_space_left(&ring_) == 0) io_uring_submit(&ring_);
    io_uring_sqe* entry = io_uring_get_sqe(&ring_);
    entry->user_data = name;
    return entry;
  }
  void take(const io_uring_cqe& done) {
    const auto kind = static_cast<Kind>(done.user_data & 0xFF);
    const auto fd = static_cast<int>(done.user_data >> 32);
    if (kind == accepting && done.res >= 0) receive(done.res);
    if (kind == receiving) on_received(fd, done);
    if (kind != sending) return;
    give_back(static_cast<unsigned>(done.user_data >> 8 & 0xFFFF));
    receive(fd);
  }
  void receive(int fd) {
    io_uring_sqe* entry = request(name_of(receiving, fd));
    io_uring_prep_recv(entry, fd, nullptr, buffer_bytes, 0);
    entry->flags = IOSQE_BUFFER_SELECT;
  }
  void on_received(int fd, const io_uring_cqe& done) {
    if (done.res == -ENOBUFS) return receive(fd);  // some come back with the sends of this round
    const unsigned buffer = done.flags >> IORING_CQE_BUFFER_SHIFT;
    if (done.res <= 0) {
      if ((done.flags & IORING_CQE_F_BUFFER) != 0) give_back(buffer);
      close(fd);
      return;
    }
    const std::size_t size =
        floors::answer_all({room_of(buffer), static_cast<std::size_t>(done.res)}, answers_.data());
    std::memcpy(room_of(buffer), answers_.data(), size);
    io_uring_sqe* entry = request(name_of(sending, fd, buffer));
    io_uring_prep_send(entry, fd, room_of(buffer), size, MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  char* room_of(unsigned buffer) { return &room_[buffer * stride_bytes]; }
  void give_back(unsigned buffer) {
    io_uring_buf_ring_add(offered_, room_of(buffer), buffer_bytes,
                          static_cast<unsigned short>(buffer), buffers - 1, 0);
    io_uring_buf_ring_advance(offered_, 1);
  }

  io_uring ring_{};
  alignas(
      4096) std::array<io_uring_buf, buffers> places_{};  // here the kernel sees what it may take
  // Here the kernel sees which buffers it may take; it ends with the process.
  io_uring_buf_ring* const offered_ =
      static_cast<io_uring_buf_ring*>(std::aligned_alloc(4096, buffers * sizeof(io_uring_buf)));
  std::unique_ptr<char[]> room_{new char[buffers * stride_bytes]};
  std::array<char, floors::answers_bytes_max> answers_;
};

}  // namespace

int main() {
  signal(SIGTERM, [](int) { _exit(0); });
  Floor(floors::listen_somewhere("uring")).run();
}
