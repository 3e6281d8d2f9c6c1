// The framed server by hand, model: io_uring. One thread, one system call: do this, what is done?
//
// Who waits, and where?      The loop, in io_uring_enter, for all connections at once. A receive or a
//                            send is an entry in a queue; the kernel takes many of them in one call.
// Where does the state live? In a `Connection` on the heap. It has one request in the kernel at any
//                            time, and is closed when that is done: nothing names it any more.
// What does one cost?        A descriptor, about 80 bytes, and what the kernel keeps; no buffer.
// Connection 10,001?         Like the first. At the file limit the listener rests for 100 ms.
// The slow client?           If it doesn't read, its answer is copied (at most 64 KiB) and the buffer
//                            serves others; nothing more is read from it before: back pressure.
// The crash?                 Ends every connection.
//
// The protocol: on connect the server sends `*`. Outside a message bytes are ignored until `^`;
// inside, each byte b is answered by b + 1, until `$`.

#include <arpa/inet.h>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <liburing.h>
#include <memory>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <span>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {
constexpr unsigned receive_bytes = 64 * 1024;
constexpr std::size_t stride_bytes = receive_bytes + 64;  // else all begin in the same cache set
constexpr unsigned buffers_max = 1024;                    // a power of two
constexpr unsigned drain_grace_s = 30;
constexpr unsigned char greeting[] = {'*'};

struct Descriptor {  // closes what it holds
  int fd;
  explicit Descriptor(int number) : fd(number) {}
  Descriptor(Descriptor&& other) noexcept : fd(std::exchange(other.fd, -1)) {}
  ~Descriptor() { reset(); }
  void reset() {
    if (fd >= 0) close(std::exchange(fd, -1));
  }
};

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::system_category(), what);
  return result;
}

void ring_checked(int result) {  // liburing tells the error itself
  errno = -result;
  checked(result, "io_uring");
}

// The codec. Answers what has arrived, in place: the answers of all messages are moved together
// behind the first, so that one send takes them; with a single message nothing has to move.
std::span<unsigned char> answer(bool& inside, std::span<unsigned char> received) {
  unsigned char* at = received.data();
  unsigned char* const end = at + received.size();
  unsigned char* first = at;
  unsigned char* out = at;
  while (at != end) {
    void* found = std::memchr(at, inside ? '$' : '^', static_cast<std::size_t>(end - at));
    unsigned char* const stop = found != nullptr ? static_cast<unsigned char*>(found) : end;
    if (inside) {
      if (out == first) first = out = at;
      const auto size = static_cast<std::size_t>(stop - at);
      for (std::size_t i = 0; i < size; ++i) at[i] = static_cast<unsigned char>(at[i] + 1);
      if (out != at) std::memmove(out, at, size);
      out += size;
    }
    if (stop == end) break;
    inside = !inside;
    at = stop + 1;
  }
  return {first, out};
}

struct Connection {
  Descriptor socket;
  bool inside = false;                      // a message
  bool last = false;                        // one receive more, when draining, and none after it
  int buffer = -1;                          // that holds the answer
  std::span<const unsigned char> answer{};  // what of it is not sent
  std::vector<unsigned char> unsent{};      // a copy of that, when the client is slow
};

class Loop {
 public:
  Loop(Descriptor signals, Descriptor listener)
      : signals_(std::move(signals)), listener_(std::move(listener)) {
    // Completions are run when this thread waits for them, not by interrupting it: Linux 6.1.
    constexpr unsigned how = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
    ring_checked(io_uring_queue_init(1024, &ring_, how));
    io_uring_buf_reg where{reinterpret_cast<std::uint64_t>(offered_), buffers_max, 0, 0, {}};
    ring_checked(io_uring_register_buf_ring(&ring_, &where, 0));
    io_uring_prep_poll_multishot(request(of_signals), signals_.fd, POLLIN);
    watch_listener();
  }

  void run() {
    while (listener_.fd >= 0 || open_ > 0) {
      const int waited = io_uring_submit_and_wait(&ring_, 1);
      if (waited != -EINTR) ring_checked(waited);
      io_uring_cqe* each = nullptr;
      unsigned end = 0;
      io_uring_for_each_cqe(&ring_, end, each) take(*each);
      io_uring_cq_advance(&ring_, end - *ring_.cq.khead);
    }
  }

 private:
  // What a completion is about: these, or a connection's address, plus one for its send.
  enum : std::uint64_t { of_send = 1, of_cancel, of_signals, of_listener, of_rest, of_others };

  io_uring_sqe* request(std::uint64_t of) {
    while (io_uring_sq_space_left(&ring_) == 0) ring_checked(io_uring_submit(&ring_));
    io_uring_sqe* entry = io_uring_get_sqe(&ring_);
    entry->user_data = of;
    return entry;
  }
  void take(const io_uring_cqe& done) {
    if (done.user_data == of_listener) return on_accepted(done);
    if (done.user_data == of_signals) return take_signals();
    if (done.user_data == of_rest) return draining_ ? shut_the_door() : watch_listener();
    if (done.user_data < of_others) return;
    auto& peer = *reinterpret_cast<Connection*>(done.user_data & ~1ULL);
    (done.user_data & of_send) != 0 ? on_sent(peer, done.res) : on_received(peer, done);
  }
  void receive(Connection& peer) {
    give_buffer_back(peer);
    io_uring_sqe* entry = request(reinterpret_cast<std::uint64_t>(&peer));
    io_uring_prep_recv(entry, peer.socket.fd, nullptr, receive_bytes, 0);
    entry->flags = IOSQE_BUFFER_SELECT;
  }
  void on_received(Connection& peer, const io_uring_cqe& done) {
    if ((done.flags & IORING_CQE_F_BUFFER) != 0) peer.buffer = static_cast<int>(done.flags >> 16);
    const bool lacking = done.res == -ENOBUFS;  // then it gets a new one, or some come back soon
    if (lacking && buffers_ < buffers_max) peer.buffer = static_cast<int>(buffers_++);
    if (lacking || done.res == -EINTR) return receive(peer);
    if (done.res <= 0) return close_connection(peer);  // the end, and all is answered; or a reset
    peer.answer = answer(peer.inside, {room_of(peer.buffer), static_cast<std::size_t>(done.res)});
    peer.answer.empty() ? go_on(peer) : send(peer, MSG_DONTWAIT);
  }

  void send(Connection& peer, int flags) {
    io_uring_sqe* entry = request(reinterpret_cast<std::uint64_t>(&peer) | of_send);
    // MSG_NOSIGNAL: that a peer has gone is an error code here, not a SIGPIPE.
    io_uring_prep_send(entry, peer.socket.fd, peer.answer.data(), peer.answer.size(),
                       flags | MSG_NOSIGNAL);
  }
  void on_sent(Connection& peer, int sent) {
    if (sent < 0 && sent != -EAGAIN && sent != -EINTR) return close_connection(peer);
    if (sent > 0) peer.answer = peer.answer.subspan(static_cast<std::size_t>(sent));
    if (peer.answer.empty()) return go_on(peer);
    peer.unsent = {peer.answer.begin(), peer.answer.end()};  // it may be the tail of itself
    peer.answer = peer.unsent;
    give_buffer_back(peer);
    send(peer, 0);  // waits in the kernel until the client reads
  }

  void go_on(Connection& peer) {
    if (!peer.unsent.empty()) peer.unsent = std::vector<unsigned char>();
    // shutdown(SHUT_RD) doesn't keep late data out, so when draining there is one receive more.
    if (draining_ && std::exchange(peer.last, true)) return close_connection(peer);
    receive(peer);
  }
  void close_connection(Connection& peer) {
    give_buffer_back(peer);
    connections_[static_cast<std::size_t>(peer.socket.fd)].reset();
    --open_;
  }

  unsigned char* room_of(int id) { return &room_[static_cast<std::size_t>(id) * stride_bytes]; }
  void give_buffer_back(Connection& peer) {
    if (peer.buffer < 0) return;
    const auto id = static_cast<unsigned short>(std::exchange(peer.buffer, -1));
    auto* const ring = reinterpret_cast<io_uring_buf_ring*>(offered_);
    io_uring_buf_ring_add(ring, room_of(id), receive_bytes, id, buffers_max - 1, 0);
    io_uring_buf_ring_advance(ring, 1);
  }

  void watch_listener() {
    auto* const entry = request(of_listener);
    io_uring_prep_multishot_accept(entry, listener_.fd, nullptr, nullptr, SOCK_CLOEXEC);
  }
  void on_accepted(const io_uring_cqe& done) {
    if (done.res >= 0) begin(Descriptor(done.res));
    if ((done.flags & IORING_CQE_F_MORE) != 0) return;
    if (draining_) return shut_the_door();
    if (done.res >= 0 || done.res == -ECONNABORTED) return watch_listener();
    io_uring_prep_timeout(request(of_rest), &rest_, 0, 0);  // want of descriptors, or memory
  }
  void begin(Descriptor socket) {
    const auto slot = static_cast<std::size_t>(socket.fd);
    if (slot >= connections_.size()) connections_.resize(slot + 1);
    connections_[slot].reset(new Connection{.socket = std::move(socket), .answer = greeting});
    ++open_;
    send(*connections_[slot], 0);
  }

  void take_signals() {
    for (signalfd_siginfo info; read(signals_.fd, &info, sizeof info) == sizeof info;) {
      // A second signal, or the grace is over: that ends a stuck send, too.
      if (std::exchange(draining_, true)) return shut_all(SHUT_RDWR);
      alarm(drain_grace_s);
      io_uring_prep_cancel64(request(of_cancel), of_listener, 0);  // it keeps the listener open
    }
  }
  void shut_the_door() {
    for (int error = 0; error == 0 || error == ECONNABORTED || error == EINTR;) {
      Descriptor socket(accept4(listener_.fd, nullptr, nullptr, SOCK_CLOEXEC));
      error = socket.fd < 0 ? errno : 0;
      if (error == 0) begin(std::move(socket));  // who has connected is served
    }
    listener_.reset();
    shut_all(SHUT_RD);  // each receive ends, in its usual way
  }
  void shut_all(int how) {
    for (const auto& peer : connections_)
      if (peer != nullptr) shutdown(peer->socket.fd, how);
  }

  Descriptor signals_;
  Descriptor listener_;
  __kernel_timespec rest_{0, 100'000'000};  // of the listener, when it can't accept
  io_uring ring_{};
  alignas(4096) io_uring_buf offered_[buffers_max]{};  // here the kernel sees which it may take
  std::unique_ptr<unsigned char[]> room_{new unsigned char[buffers_max * stride_bytes]};
  std::vector<std::unique_ptr<Connection>> connections_;  // by the descriptor's number
  std::size_t open_ = 0;
  unsigned buffers_ = 0;  // of those there is room for, how many are in use
  bool draining_ = false;
};

// Makes signals readable like everything else.
Descriptor take_over_signals() {
  sigset_t ending;
  sigemptyset(&ending);
  for (const int number : {SIGTERM, SIGINT, SIGALRM}) sigaddset(&ending, number);
  sigprocmask(SIG_BLOCK, &ending, nullptr);
  return Descriptor(checked(signalfd(-1, &ending, SFD_NONBLOCK | SFD_CLOEXEC), "signalfd"));
}

// HOST:PORT with the host in digits; false when it isn't.
bool parse_address(const char* text, sockaddr_in& address) {
  char host[16], more;
  unsigned port;
  if (std::sscanf(text, "%15[0-9.]:%5u%c", host, &port, &more) != 2 || port > 65535) return false;
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return inet_pton(AF_INET, host, &address.sin_addr) == 1;
}

Descriptor listen_on(sockaddr_in address) {
  Descriptor listener(
      checked(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket"));
  const int on = 1;
  setsockopt(listener.fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // Send small answers at once. On Linux accepted sockets inherit it: no system call for each.
  setsockopt(listener.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  auto* const name = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  checked(bind(listener.fd, name, size), "bind");
  checked(listen(listener.fd, SOMAXCONN), "listen");
  checked(getsockname(listener.fd, name, &size), "getsockname");  // which port, if 0 was asked for
  std::fprintf(stderr, "by hand: framed on %s:%d, model uring (Ctrl-C drains)\n",
               inet_ntoa(address.sin_addr), ntohs(address.sin_port));
  return listener;
}

}  // namespace

int main(int argc, char** argv) {
  sockaddr_in address{};
  if (argc != 2 || !parse_address(argv[1], address)) {
    std::fprintf(stderr, "usage: uring HOST:PORT, for example uring 127.0.0.1:9090\n");
    return 2;
  }
  try {
    rlimit files{};  // raised from the customary 1,024 to what is allowed
    checked(getrlimit(RLIMIT_NOFILE, &files), "getrlimit");
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    Descriptor signals = take_over_signals();  // before anybody can know that we are here
    Loop(std::move(signals), listen_on(address)).run();
  } catch (const std::system_error& error) {
    const bool busy = error.code() == std::errc::address_in_use;
    const char* const why = busy ? "in use; try port 0, which picks a free one" : error.what();
    std::fprintf(stderr, "%s: %s\n", argv[1], why);
    return 1;
  }
}
