// The framed server by hand, model: fork. A process for every connection, all calls blocking.
//
// Who waits, and where?      Each connection's process, in its own recv or send. The parent, in poll:
//                            for newcomers, for signals, and for children that end.
// Where does the state live? In plain local variables of a process of its own: nothing is shared,
//                            so `talk` needs no lock. The parent keeps a list of its children.
// What does one cost?        A process: 160 us or more to start and to bury; some 50 KiB of its own
//                            and more in the kernel. A request takes one recv, one send, a switch.
// Connection 10,001?         A process more, if limits allow. Where none can be made that client is
//                            closed, and accepting rests for 100 ms, as it does when memory is short.
// The slow client?           Holds its own process and nobody else's.
// The crash?                 Ends one connection, and the parent says so.
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
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <unordered_set>
#include <utility>

namespace {

constexpr std::size_t receive_bytes = 64 * 1024;
constexpr int accept_rest_ms = 100;
constexpr int force_again_ms = 100;
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

// What the signal handler of a child knows; a handler reaches nothing but globals.
struct SignalNote {
  std::atomic<bool> draining = false;
  int connection = -1;  // the one that this process has
};
SignalNote note;

// A process that sits in recv can't read a signal descriptor, and a flag set just before recv begins
// would go unseen. So the handler itself shuts the socket down: whether recv waits already or is
// yet to begin, it returns 0, and `talk` ends in its usual way.
void on_signal(int number) {
  const int saved = errno;
  if (!note.draining.exchange(true)) alarm(drain_grace_s);  // should the parent not live so long
  shutdown(note.connection, number == SIGTERM ? SHUT_RD : SHUT_RDWR);
  errno = saved;
}

// A connection from beginning to end.
void talk(int fd) {
  if (send(fd, "*", 1, MSG_NOSIGNAL) != 1) return;  // gone already: a port probe
  // Not on the stack and not cleared: pages which the client doesn't fill are never touched.
  const auto buffer = std::make_unique_for_overwrite<unsigned char[]>(receive_bytes);
  bool inside = false;
  for (;;) {
    const ssize_t got = recv(fd, buffer.get(), receive_bytes, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;  // the end, and all that came is answered; or a reset
    const auto size = static_cast<std::size_t>(got);
    if (!send_all(fd, answer(inside, {buffer.get(), size}))) return;
    // shutdown(SHUT_RD) doesn't keep late data out, so when draining a short read is the end.
    if (size < receive_bytes && note.draining) return;
  }
}

// The signals that the parent reads like everything else. A child unblocks two of them, for which
// the handler is there already. SIGINT it keeps blocked: Ctrl-C reaches the whole group, and only
// the parent is to pass it on.
struct Signals {
  Descriptor descriptor;
  sigset_t of_a_child;
};

Signals take_over_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigset_t of_the_parent;
  sigset_t of_a_child;
  sigemptyset(&of_a_child);
  for (const int number : {SIGTERM, SIGALRM}) sigaddset(&of_a_child, number);
  of_the_parent = action.sa_mask = of_a_child;
  for (const int number : {SIGINT, SIGCHLD}) sigaddset(&of_the_parent, number);
  sigprocmask(SIG_BLOCK, &of_the_parent, nullptr);
  for (const int number : {SIGTERM, SIGALRM}) sigaction(number, &action, nullptr);
  signal(SIGCHLD, SIG_DFL);  // inherited as ignored, it would never come
  return {Descriptor(checked(signalfd(-1, &of_the_parent, SFD_NONBLOCK | SFD_CLOEXEC), "signalfd")),
          of_a_child};
}

class Parent {
 public:
  Parent(const Signals& signals, Descriptor listener)
      : signals_(signals), listener_(std::move(listener)) {}

  void serve() {
    while (requests_ == 0) {
      wait(accept_all() ? -1 : accept_rest_ms);
      read_signals();
    }
    accept_all();  // who has connected is served, then the door shuts
    listener_.reset();
    tell_children(SIGTERM);
    for (int patience_ms = 1000 * drain_grace_s; !children_.empty(); patience_ms = force_again_ms) {
      const bool patient = wait(patience_ms);
      read_signals();
      if (!patient || requests_ > 1) tell_children(SIGALRM);  // which cuts a stuck send
    }
  }

 private:
  // False: nothing has happened in all that time. While accepting rests, newcomers don't count.
  bool wait(int timeout_ms) {
    const int newcomers = requests_ > 0 || timeout_ms == accept_rest_ms ? -1 : listener_.fd;
    std::array<pollfd, 2> waited{{{signals_.descriptor.fd, POLLIN, 0}, {newcomers, POLLIN, 0}}};
    return poll(waited.data(), waited.size(), timeout_ms) != 0;
  }

  // Many children that end may be one signal, so each time all are looked for.
  void read_signals() {
    signalfd_siginfo info;
    bool ended = false;
    while (read(signals_.descriptor.fd, &info, sizeof info) == sizeof info) {
      if (info.ssi_signo == SIGCHLD) ended = true;
      if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT) ++requests_;
    }
    int status;
    for (pid_t child; ended && (child = waitpid(-1, &status, WNOHANG)) > 0;) {
      children_.erase(child);
      if (status != 0)
        std::fprintf(stderr, "by hand: process %d ended by signal %d\n", child, WTERMSIG(status));
    }
  }

  // Accepts all who queue. False: some resource has run out, so rest before the next try.
  bool accept_all() {
    for (;;) {
      const Descriptor socket(accept4(listener_.fd, nullptr, nullptr, SOCK_CLOEXEC));
      if (socket.fd >= 0) {
        if (!start_child(socket.fd)) return false;
      } else if (errno == EAGAIN) {
        return true;
      } else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
        return false;
      }  // All else (ECONNABORTED, EINTR, a network's error) is that one connection's trouble.
    }
  }

  bool start_child(int fd) {
    note.connection = fd;  // for the child's handler: before a signal can come there
    const pid_t child = fork();
    if (child == 0) {
      prctl(PR_SET_PDEATHSIG, SIGTERM);
      if (getppid() != own_id_) raise(SIGTERM);  // the parent died before
      listener_.reset();
      sigprocmask(SIG_UNBLOCK, &signals_.of_a_child, nullptr);
      talk(fd);
      _exit(0);  // nothing of the parent's is undone here
    }
    if (child > 0) children_.insert(child);
    return child > 0;
  }

  void tell_children(int number) const {
    for (const pid_t child : children_) kill(child, number);
  }

  const Signals& signals_;
  Descriptor listener_;
  const pid_t own_id_ = getpid();
  std::unordered_set<pid_t> children_;
  int requests_ = 0;
};

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
  std::fprintf(stderr, "by hand: framed on %s:%d, model fork (Ctrl-C drains)\n",
               inet_ntoa(address.sin_addr), ntohs(address.sin_port));
  return listener;
}

}  // namespace

int main(int argc, char** argv) {
  sockaddr_in address{};
  if (argc != 2 || !parse_address(argv[1], address)) {
    std::fprintf(stderr, "usage: fork HOST:PORT, for example fork 127.0.0.1:9090\n");
    return 2;
  }
  try {
    const Signals signals = take_over_signals();  // before anybody can know that we are here
    Parent(signals, listen_on(address)).serve();
  } catch (const std::system_error& error) {
    const bool busy = error.code() == std::errc::address_in_use;
    const char* const why = busy ? "in use; try port 0, which picks a free one" : error.what();
    std::fprintf(stderr, "%s: %s\n", argv[1], why);
    return 1;
  }
}
