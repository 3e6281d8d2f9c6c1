// The framed server by hand, model: iterative. One thread, one connection at a time.
//
// Who waits, and where?      The only thread: in poll for a newcomer, then in recv or send for the
//                            one client that it serves. All others wait in the kernel's backlog.
// Where does the state live? In local variables, and there is only one set of them.
// What does one cost?        The one that is served: a descriptor. One that waits: its place in the
//                            backlog. A request takes one recv, one send.
// Connection 10,001?         Waits for its turn, if the backlog (4,096 by Linux's default) has room.
// The slow client?           Holds up everybody, for as long as it likes. It is the model's nature.
// The crash?                 Ends the one connection that is served, and those that wait.
//
// The protocol: on connect the server sends `*`. Outside a message bytes are ignored until `^`;
// inside, each byte b is answered by b + 1, until `$`.

#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <span>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace {

constexpr std::size_t receive_bytes = 64 * 1024;
constexpr int accept_rest_ms = 100;  // after an accept that failed for want of a resource
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

// Sends all of it, however long the kernel makes us wait. False: the peer is gone.
bool send_all(int fd, std::span<const unsigned char> bytes) {
  while (!bytes.empty()) {
    // MSG_NOSIGNAL: that a peer has gone is an error code here, not a SIGPIPE.
    const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  return true;
}

// What the signal handler knows; a handler reaches nothing but globals.
struct SignalNote {
  std::atomic<int> signals = 0;
  std::atomic<int> wake_up = -1;     // an eventfd that the wait for newcomers watches
  std::atomic<int> connection = -1;  // the one that is served
};
SignalNote note;

// A thread that sits in recv can't read a signal descriptor, and a flag set just before recv begins
// would go unseen. So the handler itself shuts the socket down: whether recv waits already or is
// yet to begin, it returns 0, and `talk` ends in its usual way.
void on_signal(int) {
  const int saved = errno;
  const bool first = ++note.signals == 1;
  if (first) alarm(drain_grace_s);  // its SIGALRM comes here, too, and counts as a second signal
  shutdown(note.connection, first ? SHUT_RD : SHUT_RDWR);  // without one: EBADF, and no harm
  eventfd_write(note.wake_up, 1);
  errno = saved;
}

void handle_signals(const Descriptor& wake_up) {
  note.wake_up = wake_up.fd;
  struct sigaction action {};
  action.sa_handler = on_signal;
  for (const int number : {SIGTERM, SIGINT, SIGALRM}) sigaddset(&action.sa_mask, number);
  for (const int number : {SIGTERM, SIGINT, SIGALRM}) sigaction(number, &action, nullptr);
}

// A connection from beginning to end.
void talk(int fd, std::span<unsigned char> buffer) {
  if (send(fd, "*", 1, MSG_NOSIGNAL) != 1) return;  // gone already: a port probe
  bool inside = false;
  for (;;) {
    const ssize_t got = recv(fd, buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;  // the end, and all that came is answered; or a reset
    const auto size = static_cast<std::size_t>(got);
    if (!send_all(fd, answer(inside, buffer.first(size)))) return;
    // shutdown(SHUT_RD) doesn't keep late data out, so when draining a short read is the end.
    if (size < buffer.size() && note.signals > 0) return;
  }
}

void serve(const Descriptor& wake_up, const Descriptor& listener) {
  // Not on the stack and not cleared: pages which no client fills are never touched.
  const auto buffer = std::make_unique_for_overwrite<unsigned char[]>(receive_bytes);
  std::array<pollfd, 2> waited{{{wake_up.fd, POLLIN, 0}, {listener.fd, POLLIN, 0}}};
  while (note.signals < 2) {
    const Descriptor socket(accept4(listener.fd, nullptr, nullptr, SOCK_CLOEXEC));
    const int error = errno;
    if (socket.fd >= 0) {
      note.connection = socket.fd;  // from here on the handler sees it; what came earlier we see
      if (note.signals > 0) shutdown(socket.fd, note.signals == 1 ? SHUT_RD : SHUT_RDWR);
      talk(socket.fd, {buffer.get(), receive_bytes});
      note.connection = -1;  // and only now may it be closed
    } else if (error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS) {
      if (note.signals > 0) return;
      poll(waited.data(), 1, accept_rest_ms);
    } else if (error == EAGAIN) {
      if (note.signals > 0) return;  // who had connected has been served
      poll(waited.data(), 2, -1);
    }  // All else (ECONNABORTED, EINTR, a network's error) is that one connection's trouble.
  }
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
  std::fprintf(stderr, "by hand: framed on %s:%d, model iterative (Ctrl-C drains)\n",
               inet_ntoa(address.sin_addr), ntohs(address.sin_port));
  return listener;
}

}  // namespace

int main(int argc, char** argv) {
  sockaddr_in address{};
  if (argc != 2 || !parse_address(argv[1], address)) {
    std::fprintf(stderr, "usage: iterative HOST:PORT, for example iterative 127.0.0.1:9090\n");
    return 2;
  }
  try {
    const Descriptor wake_up(checked(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd"));
    handle_signals(wake_up);  // before anybody can know that we are here
    serve(wake_up, listen_on(address));
  } catch (const std::system_error& error) {
    const bool busy = error.code() == std::errc::address_in_use;
    const char* const why = busy ? "in use; try port 0, which picks a free one" : error.what();
    std::fprintf(stderr, "%s: %s\n", argv[1], why);
    return 1;
  }
}
