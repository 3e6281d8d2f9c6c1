// The framed server by hand, model: select. One thread, one loop, no call that blocks but one.
//
// Who waits, and where?      The loop, in select, for all connections at once.
// Where does the state live? In a `Connection` on the heap: what a thread keeps on its stack has to
//                            be written down here, because `serve` returns between two events.
// What does one cost?        A descriptor, about 60 bytes, what the kernel keeps for a socket, and in
//                            each turn a look at its bits, by the kernel and by the loop.
// Connection 10,001?         There is none: a set has 1,024 bits, and a larger descriptor would write
//                            past its end. So the file limit is set to that. At it the listener rests
//                            until the next turn, 100 ms at most; the backlog holds the newcomers.
// The slow client?           Its answer waits in `unsent` (at most 64 KiB), and nothing more is read
//                            from it before that is gone: TCP passes the back pressure on.
// The crash?                 Ends every connection.
//
// The protocol: on connect the server sends `*`. Outside a message bytes are ignored until `^`;
// inside, each byte b is answered by b + 1, until `$`.

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <netinet/tcp.h>
#include <signal.h>
#include <span>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {
constexpr std::size_t receive_bytes = 64 * 1024;
constexpr int word_bits = 64;        // of a set
constexpr int accepts_at_once = 64;  // then the connections have their turn
constexpr int reads_at_once = 16;    // of 64 KiB: a flood must not starve the others
constexpr int accept_rest_ms = 100;  // at most, after an accept that failed for want of a resource
constexpr unsigned drain_grace_s = 30;

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
  bool inside = false;                // a message
  std::vector<unsigned char> unsent;  // what the kernel didn't take; empty nearly always
};

// Sends what the kernel takes and keeps the rest. False: the peer is gone.
bool send_some(Connection& peer, std::span<const unsigned char> bytes) {
  while (!bytes.empty()) {
    // MSG_NOSIGNAL: that a peer has gone is an error code here, not a SIGPIPE.
    const ssize_t sent = send(peer.socket.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) break;
    if (sent < 0 && errno != EINTR) return false;
    if (sent > 0) bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  // `bytes` may be the tail of `unsent` itself: the rest is copied before the old goes.
  if (!bytes.empty() || !peer.unsent.empty()) peer.unsent = {bytes.begin(), bytes.end()};
  return true;
}

// Goes on with a connection until the kernel has or takes nothing more. False: it is over.
bool serve(Connection& peer, std::span<unsigned char> buffer, bool draining) {
  if (!peer.unsent.empty() && !send_some(peer, peer.unsent)) return false;
  // Back pressure: while an answer waits, no request is read.
  for (int round = 0; round < reads_at_once && peer.unsent.empty(); ++round) {
    const ssize_t got = recv(peer.socket.fd, buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return !draining;
    // The end, and all that came is answered; or, most likely, a reset.
    if (got <= 0) return false;
    const auto size = static_cast<std::size_t>(got);
    const auto reply = answer(peer.inside, buffer.first(size));
    if (!reply.empty() && !send_some(peer, reply)) return false;
    if (size == buffer.size()) continue;
    // A short read has emptied the socket: don't ask in vain. What comes later, select will tell.
    // shutdown(SHUT_RD) doesn't keep late data out, so when draining this is the end.
    return !draining || !peer.unsent.empty();
  }
  return true;
}

class Loop {
 public:
  Loop(Descriptor signals, Descriptor listener)
      : signals_(std::move(signals)), listener_(std::move(listener)) {
    ask_for(signals_.fd, true, false);
    ask_for(listener_.fd, true, false);
  }

  void run() {
    while (!draining_ || open_ > 0) {
      fd_set readable = wanted_in_;  // select writes its answer over the question
      fd_set writable = wanted_out_;
      const timespec rest{0, accept_rest_ms * 1'000'000L};
      const int ready =
          pselect(highest_ + 1, &readable, &writable, nullptr, resting_ ? &rest : nullptr, nullptr);
      if (ready < 0 && errno != EINTR) checked(ready, "select");
      if (std::exchange(resting_, false)) ask_for(listener_.fd, true, false);
      if (ready > 0) go_on_with(readable, writable, ready);
    }
  }

 private:
  void go_on_with(const fd_set& readable, const fd_set& writable, int left) {
    bool connected = false;
    // Word by word: most have no bit set.
    for (int word = 0; left > 0 && word <= highest_ / word_bits; ++word) {
      auto bits = static_cast<unsigned long>(readable.fds_bits[word] | writable.fds_bits[word]);
      for (; bits != 0; bits &= bits - 1, --left) {  // nobody waits for both directions
        const int fd = word * word_bits + std::countr_zero(bits);
        if (connections_[static_cast<std::size_t>(fd)] != nullptr) go_on(fd);
        if (fd == listener_.fd) connected = true;
      }
    }
    // Last: a newcomer might get the number of one that has just ended, and with it its bit.
    if (connected) accept_some();
    if (FD_ISSET(signals_.fd, &readable)) take_signals();
  }

  void ask_for(int fd, bool in, bool out) {
    FD_CLR(fd, &wanted_in_);
    FD_CLR(fd, &wanted_out_);
    if (in) FD_SET(fd, &wanted_in_);
    if (out) FD_SET(fd, &wanted_out_);
    highest_ = std::max(highest_, fd);  // it stays: a bit that is not set costs next to nothing
  }

  void go_on(int fd) {
    auto& peer = connections_[static_cast<std::size_t>(fd)];
    const bool stuck = !peer->unsent.empty();
    if (serve(*peer, buffer_, draining_)) {
      // What nobody wants to know would be reported again and again.
      if (peer->unsent.empty() == stuck) ask_for(fd, stuck, !stuck);
      return;
    }
    ask_for(fd, false, false);
    peer.reset();
    --open_;
  }

  void accept_some() {
    for (int i = 0; i < accepts_at_once || draining_; ++i) {
      Descriptor socket(accept4(listener_.fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
      const int error = socket.fd < 0 ? errno : 0;
      if (error == EAGAIN) return;
      if (error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS) return rest();
      // All else (ECONNABORTED, EINTR, a network's error) is that one connection's trouble.
      if (error == 0) begin(std::move(socket));
    }
  }

  void rest() {
    resting_ = !draining_;  // if it is, there is no room for those who still queue
    ask_for(listener_.fd, false, false);
  }

  void begin(Descriptor socket) {
    const int fd = socket.fd;
    if (send(fd, "*", 1, MSG_NOSIGNAL) != 1) return;  // gone already: a port probe
    connections_[static_cast<std::size_t>(fd)].reset(
        new Connection{.socket = std::move(socket), .unsent = {}});
    ask_for(fd, true, false);
    ++open_;
  }

  void take_signals() {
    signalfd_siginfo info;
    while (read(signals_.fd, &info, sizeof info) == sizeof info) {
      if (std::exchange(draining_, true)) {
        shut_all(SHUT_RDWR);  // a second signal, or the grace is over: ends a stuck send, too
        continue;
      }
      alarm(drain_grace_s);
      accept_some();  // who has connected is served, then the door shuts
      ask_for(listener_.fd, false, false);
      listener_.reset();
      resting_ = false;
      shut_all(SHUT_RD);  // each read ends, and so does `serve`, in its usual way
    }
  }

  void shut_all(int how) {
    for (const auto& peer : connections_)
      if (peer != nullptr) shutdown(peer->socket.fd, how);
  }

  Descriptor signals_;
  Descriptor listener_;
  std::vector<unsigned char> buffer_ = std::vector<unsigned char>(receive_bytes);
  fd_set wanted_in_{};
  fd_set wanted_out_{};
  int highest_ = -1;                                                 // of those with a bit
  std::array<std::unique_ptr<Connection>, FD_SETSIZE> connections_;  // by the descriptor's number
  std::size_t open_ = 0;
  bool draining_ = false;
  bool resting_ = false;  // the listener
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
  std::fprintf(stderr, "by hand: framed on %s:%d, model select (Ctrl-C drains)\n",
               inet_ntoa(address.sin_addr), ntohs(address.sin_port));
  return listener;
}

}  // namespace

int main(int argc, char** argv) {
  sockaddr_in address{};
  if (argc != 2 || !parse_address(argv[1], address)) {
    std::fprintf(stderr, "usage: select HOST:PORT, for example select 127.0.0.1:9090\n");
    return 2;
  }
  try {
    rlimit files{};  // as many as the sets have bits, and no more
    checked(getrlimit(RLIMIT_NOFILE, &files), "getrlimit");
    files.rlim_cur = std::min<rlim_t>(files.rlim_max, FD_SETSIZE);
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
