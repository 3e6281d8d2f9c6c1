// The floor under epoll: one thread, one receive and one send for what is there.
#include <array>
#include <signal.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "bench/http_floor.hpp"

namespace {

using floors::checked;

void watch(int epoll, int fd, std::uint32_t events) {
  epoll_event event{events, {.fd = fd}};
  checked(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

void accept_one(int epoll, int listener) {
  const int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK);
  if (fd >= 0) watch(epoll, fd, EPOLLIN | EPOLLET | EPOLLRDHUP);
}

void serve(int fd) {
  static std::array<char, 64 * 1024> buffer;
  static std::array<char, floors::answers_bytes_max> answers;
  const ssize_t got = recv(fd, buffer.data(), buffer.size(), 0);
  if (got <= 0) {
    close(fd);
    return;
  }
  const std::size_t size =
      floors::answer_all({buffer.data(), static_cast<std::size_t>(got)}, answers.data());
  if (size > 0) send(fd, answers.data(), size, MSG_NOSIGNAL);
}

}  // namespace

int main() {
  signal(SIGTERM, [](int) { _exit(0); });
  const int epoll = checked(epoll_create1(0), "epoll_create1");
  const int listener = floors::listen_somewhere("epoll");
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
