// The framed server by hand, model: pool. A fixed number of threads, and a queue in front of them.
//
// Who waits, and where?      A thread that has a connection, in its recv or send, until that ends;
//                            one that has none, for the queue. The main thread, in poll for
//                            newcomers and signals; while the queue is full, for room in it.
// Where does the state live? On the stack of the thread that serves, in plain local variables.
//                            The queue and the set of open sockets are shared, under one lock.
// What does one cost?        Served: one of the threads, made once. A request takes one recv, one
//                            send, and a switch. In the queue: a descriptor.
// Connection 10,001?         Is accepted while the queue has room (as many places as threads); then
//                            the kernel's backlog holds it, as it does at the file limit.
// The slow client?           Holds one thread of the pool. As many of them as there are threads hold
//                            up everybody else, for as long as they like.
// The crash?                 Ends every connection: threads share one process.
//
// The protocol: on connect the server sends `*`. Outside a message bytes are ignored until `^`;
// inside, each byte b is answered by b + 1, until `$`.

#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <span>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <unordered_set>
#include <utility>
#include <vector>

namespace {

constexpr std::size_t receive_bytes = 64 * 1024;
constexpr int accept_rest_ms = 100, drain_grace_ms = 30'000, threads_default = 64;

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

// The connections that threads serve, and those that wait for one. A socket is closed under the lock,
// so that the drain can't shut down a stranger who was given the number anew.
class Connections {
 public:
  // A place more in the queue is taken; false when it was the last of `places`.
  bool put(Descriptor socket, std::size_t places) {
    const std::lock_guard lock(mutex_);
    open_.insert(socket.fd);
    queue_.push_back(std::exchange(socket.fd, -1));
    there_is_more_.notify_one();
    return !(full_ = queue_.size() >= places);
  }

  // The next for a thread to serve, once there is one; -1 when no more will come.
  int take() {
    std::unique_lock lock(mutex_);
    there_is_more_.wait(lock, [this] { return !queue_.empty() || over_; });
    if (queue_.empty()) return -1;
    const int fd = queue_.front();
    queue_.pop_front();
    if (std::exchange(full_, false) && !draining_) eventfd_write(changed_.fd, 1);
    return fd;
  }

  void close(int fd) {
    const std::lock_guard lock(mutex_);
    open_.erase(fd);
    ::close(fd);
    if (draining_ && open_.empty()) eventfd_write(changed_.fd, 1);
  }

  // SHUT_RD ends their reads, SHUT_RDWR a stuck send, too. False: none is left.
  bool shut_all(int how) {
    const std::lock_guard lock(mutex_);
    draining_ = true;
    eventfd_t ignored;
    eventfd_read(changed_.fd, &ignored);  // that the queue has room again is no news now
    for (const int fd : open_) shutdown(fd, how);
    return !open_.empty();
  }

  void end() {
    const std::lock_guard lock(mutex_);
    over_ = true;
    there_is_more_.notify_all();
  }

  bool draining() const { return draining_.load(std::memory_order_relaxed); }
  int changed() const { return changed_.fd; }  // readable: the full queue has room, or all are gone

 private:
  std::mutex mutex_;
  std::condition_variable there_is_more_;
  std::deque<int> queue_;
  std::unordered_set<int> open_;
  bool full_ = false, over_ = false;
  std::atomic<bool> draining_ = false;
  Descriptor changed_{checked(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")};
};

// A connection from beginning to end.
void talk(int fd, std::span<unsigned char> buffer, const Connections& connections) {
  if (send(fd, "*", 1, MSG_NOSIGNAL) != 1) return;  // gone already: a port probe
  bool inside = false;
  for (;;) {
    const ssize_t got = recv(fd, buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;  // the end, and all that came is answered; or a reset
    const auto size = static_cast<std::size_t>(got);
    if (!send_all(fd, answer(inside, buffer.first(size)))) return;
    // shutdown(SHUT_RD) doesn't keep late data out, so when draining a short read is the end.
    if (size < buffer.size() && connections.draining()) return;
  }
}

void serve_queue(Connections& connections) {
  // Not on the stack and not cleared: pages which no client fills are never touched.
  const auto buffer = std::make_unique_for_overwrite<unsigned char[]>(receive_bytes);
  for (int fd = -1; (fd = connections.take()) >= 0; connections.close(fd)) {
    talk(fd, {buffer.get(), receive_bytes}, connections);
  }
}

enum class Next { wait_for_newcomers, wait_for_room, rest };

// Accepts who queues while there are places.
Next accept_all(int listener, Connections& connections, std::size_t places) {
  for (;;) {
    Descriptor socket(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
    if (socket.fd >= 0) {
      if (!connections.put(std::move(socket), places)) return Next::wait_for_room;
    } else if (errno == EAGAIN) {
      return Next::wait_for_newcomers;
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
      return Next::rest;
    }  // All else (ECONNABORTED, EINTR, a network's error) is that one connection's trouble.
  }
}

void wait_for_any(std::span<pollfd> descriptors, int timeout_ms) {
  while (poll(descriptors.data(), descriptors.size(), timeout_ms) < 0 && errno == EINTR) continue;
}

void accept_and_drain(const Descriptor& signals, Descriptor listener, Connections& connections,
                      std::size_t places) {
  std::array<pollfd, 3> waited{
      {{signals.fd, POLLIN, 0}, {listener.fd, POLLIN, 0}, {connections.changed(), POLLIN, 0}}};
  const pollfd &signal = waited[0], &changed = waited[2];
  Next next = Next::wait_for_newcomers;
  for (;;) {
    waited[1].fd = next == Next::wait_for_newcomers ? listener.fd : -1;  // which poll leaves out
    wait_for_any(waited, next == Next::rest ? accept_rest_ms : -1);
    if (signal.revents != 0) break;
    if (eventfd_t ignored; changed.revents != 0) eventfd_read(changed.fd, &ignored);
    next = accept_all(listener.fd, connections, places);
  }

  signalfd_siginfo ignored;
  checked(static_cast<int>(read(signals.fd, &ignored, sizeof ignored)), "signalfd");
  accept_all(listener.fd, connections, SIZE_MAX);  // who has connected is served
  listener.reset();
  if (!connections.shut_all(SHUT_RD)) return;  // else each recv ends, and the talk with it
  waited[1].fd = -1;
  wait_for_any(waited, drain_grace_ms);
  if (changed.revents == 0) connections.shut_all(SHUT_RDWR);  // a second signal, or grace is over
}  // and now the threads are joined, each of which has come to its end

// Serves with so many threads, or as many of them as can be made.
void serve(std::size_t threads, const Descriptor& signals, Descriptor listener) {
  Connections connections;
  std::vector<std::jthread> pool;
  try {
    while (pool.size() < threads) pool.emplace_back(serve_queue, std::ref(connections));
  } catch (const std::system_error&) {
    if (pool.empty()) throw;  // else those that there are will do
  }
  accept_and_drain(signals, std::move(listener), connections, pool.size());
  connections.end();
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
  std::fprintf(stderr, "by hand: framed on %s:%d, model pool (Ctrl-C drains)\n",
               inet_ntoa(address.sin_addr), ntohs(address.sin_port));
  return listener;
}

}  // namespace

int main(int argc, char** argv) {
  sockaddr_in address{};
  const int threads = argc == 3 ? std::atoi(argv[2]) : threads_default;
  if (argc < 2 || argc > 3 || threads < 1 || !parse_address(argv[1], address)) {
    std::fprintf(stderr, "usage: pool HOST:PORT [THREADS], for example pool 127.0.0.1:9090 8\n");
    return 2;
  }
  try {
    rlimit files{};  // raised from the customary 1,024 to what is allowed
    checked(getrlimit(RLIMIT_NOFILE, &files), "getrlimit");
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    const Descriptor signals = take_over_signals();  // before anybody can know that we are here
    serve(static_cast<std::size_t>(threads), signals, listen_on(address));
  } catch (const std::system_error& error) {
    const bool busy = error.code() == std::errc::address_in_use;
    const char* const why = busy ? "in use; try port 0, which picks a free one" : error.what();
    std::fprintf(stderr, "%s: %s\n", argv[1], why);
    return 1;
  }
}
