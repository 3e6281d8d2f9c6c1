// The framed server by hand, model: epoll. One thread, one loop, no call that blocks but one.
//
// Who waits, and where?      The loop, in epoll_wait, for all connections at once.
// Where does the state live? In a `Connection` on the heap: what a thread keeps on its stack has to
//                            be written down here, because `serve` returns between two events.
// What does one cost?        A descriptor, about 60 bytes, and what the kernel keeps for a socket.
//                            The receive buffer is the loop's. A request takes one epoll_wait, one
//                            recv, one send; under load an epoll_wait fetches many requests.
// Connection 10,001?         Like the first. At the file limit the listener rests until the next
//                            turn, 100 ms at most, and the kernel's backlog holds the newcomers.
// The slow client?           If it doesn't read, its answer waits in `unsent` (at most 64 KiB), and
//                            nothing more is read from it before that is gone: back pressure, which
//                            TCP passes on to the sender. Nobody else notices.
// The crash?                 Ends every connection.
//
// The protocol: on connect the server sends `*`. Outside a message bytes are ignored until `^`;
// inside, each byte b is answered by b + 1, until `$`.

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <netinet/tcp.h>
#include <signal.h>
#include <span>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {
constexpr std::size_t receive_bytes = 64 * 1024;
constexpr int events_at_once = 256;
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
  bool readable = false;              // epoll said so, and no read has run dry since
  bool ended = false;                 // the peer's end is near: read until recv returns 0
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

enum class Next { wait, again, close };

// Goes on with a connection until the kernel has nothing more from it, or takes nothing more.
Next serve(Connection& peer, std::span<unsigned char> buffer, bool draining) {
  if (!peer.unsent.empty() && !send_some(peer, peer.unsent)) return Next::close;
  for (int round = 0; round < reads_at_once; ++round) {
    // Back pressure: while an answer waits, no request is read. EPOLLOUT will come.
    if (!peer.unsent.empty() || !peer.readable) return Next::wait;
    const ssize_t got = recv(peer.socket.fd, buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    // The end, and all that came is answered; or, most likely, a reset.
    if (got == 0 || (got < 0 && errno != EAGAIN)) return Next::close;
    const auto size = static_cast<std::size_t>(std::max<ssize_t>(got, 0));
    const auto reply = answer(peer.inside, buffer.first(size));
    if (!reply.empty() && !send_some(peer, reply)) return Next::close;
    if (size == buffer.size()) continue;
    // A short read has emptied the socket, and the next byte will be a new edge: don't ask in vain.
    // Only when the end was announced, ask: that edge is spent.
    peer.readable = peer.ended && size > 0;
    // shutdown(SHUT_RD) doesn't keep late data out, so when draining this is the end.
    if (draining && peer.unsent.empty()) return Next::close;
  }
  return Next::again;
}

class Loop {
 public:
  Loop(Descriptor signals, Descriptor listener)
      : signals_(std::move(signals)), listener_(std::move(listener)) {
    checked(watch(EPOLL_CTL_ADD, signals_.fd, EPOLLIN), "epoll_ctl");
    // Level-triggered: who isn't accepted in this turn is reported again in the next.
    checked(watch(EPOLL_CTL_ADD, listener_.fd, EPOLLIN), "epoll_ctl");
  }

  void run() {
    std::vector<epoll_event> events(events_at_once);
    while (!draining_ || open_ > 0) {
      const int timeout_ms = resting_ ? accept_rest_ms : -1;
      const int ready = epoll_wait(epoll_.fd, events.data(), events_at_once, timeout_ms);
      if (ready < 0 && errno != EINTR) checked(ready, "epoll_wait");
      if (std::exchange(resting_, false)) watch(EPOLL_CTL_MOD, listener_.fd, EPOLLIN);
      bool signalled = false;
      for (int i = 0; i < ready; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        if (event.data.fd == listener_.fd) {
          accept_some();
        } else if (event.data.fd == signals_.fd) {
          signalled = true;
        } else {
          go_on(event.data.fd, event.events);
        }
      }
      if (signalled) take_signals();
    }
  }

 private:
  int watch(int operation, int fd, std::uint32_t wanted) {
    epoll_event event{};
    event.events = wanted;
    event.data.fd = fd;
    return epoll_ctl(epoll_.fd, operation, fd, &event);
  }

  // A descriptor is closed only while its own event is handled, and has one in a batch: no event
  // can mean an earlier connection of the same number.
  void go_on(int fd, std::uint32_t events) {
    auto& peer = connections_[static_cast<std::size_t>(fd)];
    if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) peer->ended = true;
    if ((events & EPOLLIN) != 0 || peer->ended) peer->readable = true;
    const Next next = serve(*peer, buffer_, draining_);
    if (next == Next::again) watch(EPOLL_CTL_MOD, fd, connection_events);  // a new edge, please
    if (next != Next::close) return;
    peer.reset();  // close(2) also leaves the epoll set
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
    if (draining_) return;  // there is no room for those who still queue
    resting_ = true;
    watch(EPOLL_CTL_MOD, listener_.fd, 0);
  }

  void begin(Descriptor socket) {
    const int fd = socket.fd;
    if (send(fd, "*", 1, MSG_NOSIGNAL) != 1) return;  // gone already: a port probe
    // Registered once for all: edge-triggered, an interest that goes unused costs nothing, and so
    // there is no epoll_ctl while the connection lives.
    if (watch(EPOLL_CTL_ADD, fd, connection_events) < 0) return;
    const auto slot = static_cast<std::size_t>(fd);
    if (slot >= connections_.size()) connections_.resize(slot + 1);
    connections_[slot].reset(new Connection{.socket = std::move(socket), .unsent = {}});
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
      listener_.reset();
      shut_all(SHUT_RD);  // each read ends, and so does `serve`, in its usual way
    }
  }

  void shut_all(int how) {
    for (const auto& peer : connections_)
      if (peer != nullptr) shutdown(peer->socket.fd, how);
  }

  static constexpr std::uint32_t connection_events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  Descriptor signals_;
  Descriptor listener_;
  Descriptor epoll_{checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")};
  std::vector<unsigned char> buffer_ = std::vector<unsigned char>(receive_bytes);
  std::vector<std::unique_ptr<Connection>> connections_;  // by the descriptor's number
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
  std::fprintf(stderr, "by hand: framed on %s:%d, model epoll (Ctrl-C drains)\n",
               inet_ntoa(address.sin_addr), ntohs(address.sin_port));
  return listener;
}

}  // namespace

int main(int argc, char** argv) {
  sockaddr_in address{};
  if (argc != 2 || !parse_address(argv[1], address)) {
    std::fprintf(stderr, "usage: epoll HOST:PORT, for example epoll 127.0.0.1:9090\n");
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
