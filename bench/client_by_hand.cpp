// The load generator by hand: one thread, epoll, framed requests of 64 bytes in a closed loop, each
// answer checked and its service time put into a histogram. What `weir load` is held against.
//
// usage: client_by_hand HOST:PORT CONNECTIONS MILLISECONDS
// Prints the requests answered in the window, and the CPU time that this thread has taken for them.
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr int events_max = 256;
constexpr std::size_t request_bytes = 64;
constexpr std::size_t answer_bytes = request_bytes - 2;
constexpr auto warm_up = std::chrono::milliseconds(300);

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "client_by_hand: %s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

// 128 buckets to each power of two, as in an HdrHistogram.
class Histogram {
 public:
  void record(std::uint64_t ns) {
    const int shift = ns < 256 ? 0 : 56 - __builtin_clzll(ns);
    ++counts_[static_cast<std::size_t>(shift) * 128 + (ns >> shift)];
  }

 private:
  std::array<std::uint64_t, 58 * 128> counts_{};
};

struct Connection {
  int fd;
  std::size_t seen = 0;  // bytes of the answer
  Clock::time_point sent_at{};
};

class Client {
 public:
  Client(const sockaddr_in& server, std::size_t connections) : connections_(connections) {
    std::memset(request_.data(), 'a', request_.size());
    request_.front() = '^';
    request_.back() = '$';
    std::memset(answer_.data(), 'b', answer_.size());
    for (Connection& each : connections_) connect(each, server);
  }

  void run(std::chrono::milliseconds window) {
    for (Connection& each : connections_) send(each, Clock::now());
    serve_until(Clock::now() + warm_up);
    answers_ = 0;
    const std::int64_t before = cpu_ns();
    serve_until(Clock::now() + window);
    std::printf("%llu %lld\n", static_cast<unsigned long long>(answers_),
                static_cast<long long>(cpu_ns() - before));
  }

 private:
  static std::int64_t cpu_ns() {
    timespec used{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return std::int64_t{used.tv_sec} * 1'000'000'000 + used.tv_nsec;
  }

  void connect(Connection& each, const sockaddr_in& server) {
    each.fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (each.fd < 0) fail("socket");
    if (::connect(each.fd, reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0) {
      fail("connect");
    }
    char greeting = 0;
    if (::recv(each.fd, &greeting, 1, 0) != 1 || greeting != '*') fail("the greeting");
    const int on = 1;
    ::setsockopt(each.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLRDHUP | EPOLLET;
    event.data.ptr = &each;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, each.fd, &event) != 0) fail("epoll_ctl");
  }

  void serve_until(Clock::time_point end) {
    std::array<epoll_event, events_max> events;
    while (Clock::now() < end) {
      const int count = ::epoll_wait(epoll_, events.data(), events_max, 50);
      for (int i = 0; i < count; ++i) receive(*static_cast<Connection*>(events[i].data.ptr));
    }
  }

  void receive(Connection& each) {
    const ssize_t count = ::recv(each.fd, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) fail("recv");
    const auto size = static_cast<std::size_t>(count);
    if (size > answer_bytes - each.seen ||
        std::memcmp(buffer_.data(), answer_.data() + each.seen, size) != 0) {
      errno = EPROTO;
      fail("the answer");
    }
    each.seen += size;
    if (each.seen < answer_bytes) return;
    const Clock::time_point now = Clock::now();
    service_.record(static_cast<std::uint64_t>((now - each.sent_at).count()));
    ++answers_;
    send(each, now);
  }

  void send(Connection& each, Clock::time_point now) {
    each.sent_at = now;
    each.seen = 0;
    const ssize_t sent =
        ::send(each.fd, request_.data(), request_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent != static_cast<ssize_t>(request_.size())) fail("send");
  }

  const int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  std::vector<Connection> connections_;
  std::array<char, request_bytes> request_;
  std::array<char, answer_bytes> answer_;
  std::array<char, 4096> buffer_;
  std::uint64_t answers_ = 0;
  Histogram service_;
};

}  // namespace

int main(int argc, char** argv) {
  char host[16];
  unsigned port = 0;
  sockaddr_in server{};
  server.sin_family = AF_INET;
  const bool right = argc == 4 && std::sscanf(argv[1], "%15[0-9.]:%5u", host, &port) == 2 &&
                     ::inet_pton(AF_INET, host, &server.sin_addr) == 1;
  const int connections = right ? std::atoi(argv[2]) : 0;
  const int window_ms = right ? std::atoi(argv[3]) : 0;
  if (connections < 1 || window_ms < 1) {
    std::fprintf(stderr, "usage: client_by_hand HOST:PORT CONNECTIONS MILLISECONDS\n");
    return 2;
  }
  server.sin_port = htons(static_cast<std::uint16_t>(port));
  Client(server, static_cast<std::size_t>(connections)).run(std::chrono::milliseconds(window_ms));
}
