// What the kernel takes for a call, and for those that a server makes most often.
#include <array>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "core/descriptor.hpp"
#include "prices/loopback.hpp"
#include "prices/probe.hpp"

namespace weir::prices {
namespace {

constexpr std::size_t message_bytes = 64;

[[gnu::noinline]] void nothing() {
  asm volatile("");  // a call that the compiler would leave out isn't measured
}

Run function_call(const Place&) {
  return repeat([] { nothing(); });
}

Run null_call(const Place&) {
  return repeat([] { ::syscall(SYS_getppid); });
}

/// Two ends of a connection.
struct Ends {
  Descriptor left;
  Descriptor right;

  void pass_on() const {
    std::array<char, message_bytes> message{};
    checked(::write(left.get(), message.data(), message.size()), "write");
    checked(::read(right.get(), message.data(), message.size()), "read");
  }
};

Run messages_through(const std::shared_ptr<Ends>& ends) {
  return repeat([ends] { ends->pass_on(); });
}

Run through_a_pair(const Place&) {
  std::array<int, 2> fds{};
  checked(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()), "socketpair");
  return messages_through(std::make_shared<Ends>(Ends{Descriptor(fds[0]), Descriptor(fds[1])}));
}

Ends both_ends(const Loopback& loopback) {
  Ends ends{loopback.connect(), {}};
  ends.right = loopback.accept();
  return ends;
}

Run through_loopback(const Place&) {
  auto ends = std::make_shared<Ends>(both_ends(Loopback()));
  send_without_delay(ends->left);
  return messages_through(ends);
}

Run connect_and_accept(const Place&) {
  const auto loopback = std::make_shared<Loopback>();
  return repeat([loopback] {
    const Ends ends = both_ends(*loopback);
    // A reset leaves no TIME_WAIT behind, of which thousands would use up the ports: socket(7).
    const linger reset{1, 0};
    checked(::setsockopt(ends.left.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)),
            "setsockopt");
  });
}

/// An epoll that watches one eventfd.
struct Watched {
  Descriptor epoll{::epoll_create1(EPOLL_CLOEXEC)};
  Descriptor event;

  explicit Watched(unsigned count) : event(::eventfd(count, EFD_CLOEXEC | EFD_NONBLOCK)) {
    checked(epoll.get(), "epoll_create1");
    checked(event.get(), "eventfd");
    epoll_event wanted{EPOLLIN, {}};
    checked(::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, event.get(), &wanted), "epoll_ctl");
  }
  void look() const {
    epoll_event found{};
    if (::epoll_wait(epoll.get(), &found, 1, 0) < 0 && errno != EINTR) refused("epoll_wait");
  }
};

Run look_at(unsigned count) {
  const auto watched = std::make_shared<Watched>(count);
  return repeat([watched] { watched->look(); });
}

/// What it costs is the same for any length, and all of it is at the sleep's two ends.
Run fall_asleep(const Place&) {
  static constexpr timespec moment{0, 50'000};
  return repeat([] { ::nanosleep(&moment, nullptr); });
}

Run epoll_finds_one(const Place&) {
  return look_at(1);
}

Run epoll_finds_none(const Place&) {
  return look_at(0);
}

}  // namespace

std::vector<Probe> call_probes() {
  return {
      {{"function_call", "a call of a function that does nothing",
        "not inlined; for scale, the loop around it included", "-"},
       function_call},
      {{"null_call", "a system call that does nothing", "getppid by syscall(2)", "getppid(2)"},
       null_call},
      {{"idle_sleep", "a sleep on a CPU that then has nothing else to do",
        "nanosleep of 50 us; CPU time of falling asleep and being woken, with the timer",
        "nanosleep(2)"},
       fall_asleep},
      {{"epoll_none", "epoll_wait that finds nothing", "one eventfd watched, not ready; timeout 0",
        "epoll_wait(2)"},
       epoll_finds_none},
      {{"epoll_ready", "epoll_wait that finds one ready",
        "one eventfd watched, level-triggered, ready; timeout 0", "epoll_wait(2)"},
       epoll_finds_one},
      {{"pair_message", "64 bytes through a socket pair",
        "write and read by one thread; nobody waits", "socketpair(2), unix(7)"},
       through_a_pair},
      {{"loopback_message", "64 bytes through a TCP connection",
        "write and read by one thread, on 127.0.0.1; nobody waits", "tcp(7)"},
       through_loopback},
      {{"connection", "a TCP connection made, accepted and closed",
        "socket, connect, accept4, close of both ends on 127.0.0.1 by one thread; closed by reset",
        "accept(2), connect(2), socket(7)"},
       connect_and_accept},
  };
}

}  // namespace weir::prices
