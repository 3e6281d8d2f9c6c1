// The framed server by hand, model: thread. A thread for every connection, all calls blocking.
//
// Who waits, and where?      Each connection's thread, in its own recv or send. The main thread
//                            waits in poll for newcomers and for signals.
// Where does the state live? On the thread's stack, in plain local variables: `talk` reads as the
//                            protocol does. Shared is only the list of open sockets, for the drain.
// What does one cost?        A descriptor, a thread (some 30 KiB, two thirds of it in the kernel;
//                            20 to 40 us to start one), a receive buffer of which only the pages count
//                            that were filled. A request takes one recv, one send, and a switch.
// Connection 10,001?         A thread more, if limits allow. Where none can be made that client is
//                            closed. At the file limit accepting rests for 100 ms at a time, and
//                            the kernel's backlog holds the newcomers.
// The slow client?           Holds its own thread and nobody else. If it doesn't read, its thread
//                            waits in send, so nothing more is read from it: back pressure for
//                            free.
// The crash?                 Ends every connection: threads share one process.
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
#include <mutex>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <span>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <unordered_set>
#include <utility>

namespace {

constexpr std::size_t receive_bytes = 64 * 1024;
constexpr std::size_t stack_bytes = 256 * 1024;  // room enough for `talk`; the default is 8 MiB
constexpr int accept_rest_ms = 100;
constexpr int drain_grace_ms = 30'000;

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

// The open connections. Whoever closes a socket takes it off this list under the same lock, so that
// the drain can't shut down a stranger who was given the number anew.
class Connections {
 public:
  void add(int fd) {
    const std::lock_guard lock(mutex_);
    open_.insert(fd);
  }

  void close(Descriptor& socket) {
    const std::lock_guard lock(mutex_);
    open_.erase(socket.fd);
    socket.reset();
    if (draining_ && open_.empty()) eventfd_write(all_gone_.fd, 1);
  }

  // SHUT_RD ends their reads, SHUT_RDWR a stuck send, too.
  void shut_all(int how) {
    const std::lock_guard lock(mutex_);
    draining_ = true;
    for (const int fd : open_) shutdown(fd, how);
    if (open_.empty()) eventfd_write(all_gone_.fd, 1);
  }

  bool draining() const { return draining_.load(std::memory_order_relaxed); }
  int all_gone() const { return all_gone_.fd; }  // becomes readable when a drain is complete

 private:
  std::mutex mutex_;
  std::unordered_set<int> open_;
  std::atomic<bool> draining_ = false;
  Descriptor all_gone_{checked(eventfd(0, EFD_CLOEXEC), "eventfd")};
};

// A connection from beginning to end.
void talk(int fd, const Connections& connections) {
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
    if (size < receive_bytes && connections.draining()) return;
  }
}

struct Start {  // what a new thread is told
  std::shared_ptr<Connections> connections;
  Descriptor socket;
};

void* thread_main(void* argument) {
  const std::unique_ptr<Start> start(static_cast<Start*>(argument));
  talk(start->socket.fd, *start->connections);
  start->connections->close(start->socket);
  return nullptr;
}

// Gives the connection a thread of its own or, when there is none to be had, closes it.
void start_thread(const std::shared_ptr<Connections>& connections, Descriptor socket) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, stack_bytes);
  connections->add(socket.fd);
  std::unique_ptr<Start> start(new Start{connections, std::move(socket)});
  pthread_t ignored;
  if (pthread_create(&ignored, &attributes, thread_main, start.get()) == 0) {
    start.release();  // it is the thread's now
  } else {
    connections->close(start->socket);
  }
  pthread_attr_destroy(&attributes);
}

// Accepts all who queue. False: some resource has run out, so rest before the next try.
bool accept_all(int listener, const std::shared_ptr<Connections>& connections) {
  for (;;) {
    Descriptor socket(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
    if (socket.fd >= 0) {
      start_thread(connections, std::move(socket));
    } else if (errno == EAGAIN) {
      return true;
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
      return false;
    }  // All else (ECONNABORTED, EINTR, a network's error) is that one connection's trouble.
  }
}

void wait_for_any(std::span<pollfd> descriptors, int timeout_ms) {
  while (poll(descriptors.data(), descriptors.size(), timeout_ms) < 0 && errno == EINTR) continue;
}

void serve(const Descriptor& signals, Descriptor listener) {
  const auto connections = std::make_shared<Connections>();
  std::array<pollfd, 2> waited{{{signals.fd, POLLIN, 0}, {listener.fd, POLLIN, 0}}};
  pollfd& signal = waited[0];
  pollfd& other = waited[1];
  for (;;) {
    const bool resting = other.fd < 0;  // which poll leaves out
    wait_for_any(waited, resting ? accept_rest_ms : -1);
    if (signal.revents != 0) break;
    other.fd = accept_all(listener.fd, connections) ? listener.fd : -1;
  }

  signalfd_siginfo info;
  checked(static_cast<int>(read(signals.fd, &info, sizeof info)), "signalfd");
  accept_all(listener.fd, connections);  // who has connected is served, then the door shuts
  listener.reset();
  connections->shut_all(SHUT_RD);  // each recv ends, and with it, in its usual way, its thread
  other.fd = connections->all_gone();
  wait_for_any(waited, drain_grace_ms);
  if (other.revents != 0) return;
  connections->shut_all(SHUT_RDWR);  // a second signal, or the grace is over
  wait_for_any({&other, 1}, -1);
}

// Makes SIGTERM and SIGINT readable like everything else.
Descriptor take_over_signals() {
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
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
  std::fprintf(stderr, "by hand: framed on %s:%d, model thread (Ctrl-C drains)\n",
               inet_ntoa(address.sin_addr), ntohs(address.sin_port));
  return listener;
}

}  // namespace

int main(int argc, char** argv) {
  sockaddr_in address{};
  if (argc != 2 || !parse_address(argv[1], address)) {
    std::fprintf(stderr, "usage: thread HOST:PORT, for example thread 127.0.0.1:9090\n");
    return 2;
  }
  try {
    rlimit files{};  // raised from the customary 1,024 to what is allowed
    checked(getrlimit(RLIMIT_NOFILE, &files), "getrlimit");
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    const Descriptor signals = take_over_signals();  // before anybody can know that we are here
    serve(signals, listen_on(address));
  } catch (const std::system_error& error) {
    const bool busy = error.code() == std::errc::address_in_use;
    const char* const why = busy ? "in use; try port 0, which picks a free one" : error.what();
    std::fprintf(stderr, "%s: %s\n", argv[1], why);
    return 1;
  }
}
