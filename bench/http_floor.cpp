// The floor of `./run bench http`: what a web server costs that reads nothing of what it is asked. One
// thread, epoll; for each empty line in what it has received the same bytes are the answer.
// It is no web server: a request that is cut within its empty line, or has a body, is answered wrongly.
#include <arpa/inet.h>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <netinet/tcp.h>
#include <signal.h>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

constexpr std::string_view answer =
    "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/plain\r\n"
    "Content-Length: 13\r\n\r\nHello, World!";

int checked(int result, const char* what) {
  if (result >= 0) return result;
  std::perror(what);
  std::exit(1);
}

/// Listens at a port of 127.0.0.1 that the kernel picks, and says at which.
int listen_somewhere() {
  const int fd = checked(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const name = reinterpret_cast<sockaddr*>(&address);
  checked(bind(fd, name, size), "bind");
  checked(listen(fd, 4096), "listen");
  checked(getsockname(fd, name, &size), "getsockname");
  std::fprintf(stderr, "floor on 127.0.0.1:%d, epoll\n", ntohs(address.sin_port));
  return fd;
}

void watch(int epoll, int fd, std::uint32_t events) {
  epoll_event event{events, {.fd = fd}};
  checked(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

void accept_one(int epoll, int listener) {
  const int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
  if (fd < 0) return;
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  watch(epoll, fd, EPOLLIN | EPOLLET | EPOLLRDHUP);
}

constexpr std::size_t answers_max = 128;  // as many requests as fit into a buffer
std::array<char, answers_max * answer.size()> answers;

/// Writes an answer for each request; returns their size.
std::size_t answer_all(std::string_view bytes) {
  std::size_t size = 0;
  for (std::size_t at = 0; size < answers.size(); at += 4) {
    at = bytes.find("\r\n\r\n", at);
    if (at == std::string_view::npos) break;
    std::memcpy(answers.data() + size, answer.data(), answer.size());
    size += answer.size();
  }
  return size;
}

void serve(int fd) {
  static std::array<char, 64 * 1024> buffer;
  const ssize_t got = recv(fd, buffer.data(), buffer.size(), 0);
  if (got <= 0) {
    close(fd);
    return;
  }
  const std::size_t size = answer_all({buffer.data(), static_cast<std::size_t>(got)});
  if (size > 0) send(fd, answers.data(), size, MSG_NOSIGNAL);
}

}  // namespace

int main() {
  signal(SIGTERM, [](int) { _exit(0); });
  const int epoll = checked(epoll_create1(0), "epoll_create1");
  const int listener = listen_somewhere();
  watch(epoll, listener, EPOLLIN);
  std::array<epoll_event, 256> events;
  for (;;) {
    const int count = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd == listener)
        accept_one(epoll, listener);
      else
        serve(fd);
    }
  }
}
