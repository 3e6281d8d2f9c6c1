// What a request takes when its server waits for completions.
#include <liburing.h>

#include "prices/exchange.hpp"

namespace weir::prices {
namespace {

/// Returns `result` of a call of liburing's, which has its errno value in it. Throws
/// std::system_error.
int ring_checked(int result, const char* call) {
  if (result < 0) throw std::system_error(-result, std::generic_category(), call);
  return result;
}

/// Many clients, and one ring that receives from all of them, and sends.
class RingCrowd : public OneThread {
 public:
  explicit RingCrowd(const Place& place)
      : elsewhere_(place, crowd, [](const Loopback& server) { ask_at_once(server, crowd); }) {
    constexpr unsigned how = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;  // as uring
    ring_checked(::io_uring_queue_init(4 * crowd, &ring_, how), "io_uring_setup");
    for (Client& client : clients_) {
      client.socket = elsewhere_.server.accept();
      receive_from(client);
    }
  }
  ~RingCrowd() { ::io_uring_queue_exit(&ring_); }
  RingCrowd(const RingCrowd&) = delete;
  RingCrowd& operator=(const RingCrowd&) = delete;

  std::uint64_t answer(std::uint64_t times) {
    std::uint64_t answered = 0;
    while (answered < times) {
      const int waited = ::io_uring_submit_and_wait(&ring_, 1);
      if (waited != -EINTR) ring_checked(waited, "io_uring_enter");
      io_uring_cqe* each = nullptr;
      unsigned head = 0;
      unsigned count = 0;
      io_uring_for_each_cqe(&ring_, head, each) {
        if (take(*each)) ++answered;
        ++count;
      }
      ::io_uring_cq_advance(&ring_, count);
    }
    return answered;
  }

 private:
  struct Client {
    Descriptor socket;
    Request bytes;
    bool answering = false;
  };

  /// Whether it is an answer that has gone out.
  bool take(const io_uring_cqe& done) {
    auto& client = *reinterpret_cast<Client*>(::io_uring_cqe_get_data(&done));
    ring_checked(done.res, client.answering ? "send" : "recv");
    if (done.res == 0) throw std::runtime_error("the clients have ended");
    const bool answered = client.answering;
    answered ? receive_from(client) : send_to(client);
    return answered;
  }
  void receive_from(Client& client) {
    io_uring_sqe* request = ::io_uring_get_sqe(&ring_);  // there is room for two of each client's
    client.answering = false;
    ::io_uring_prep_recv(request, client.socket.get(), client.bytes.data(), client.bytes.size(), 0);
    ::io_uring_sqe_set_data(request, &client);
  }
  void send_to(Client& client) {
    io_uring_sqe* request = ::io_uring_get_sqe(&ring_);
    client.answering = true;
    ::io_uring_prep_send(request, client.socket.get(), client.bytes.data(), client.bytes.size(),
                         MSG_NOSIGNAL);
    ::io_uring_sqe_set_data(request, &client);
  }

  Elsewhere elsewhere_;
  std::array<Client, crowd> clients_;
  io_uring ring_{};
};

}  // namespace

Probe ring_probe() {
  return {
      {"exchange_ring", "the same, by an io_uring",
       "recv and send are requests to one ring; one call for all that are ready", "io_uring(7)"},
      run_of<RingCrowd>};
}

}  // namespace weir::prices
