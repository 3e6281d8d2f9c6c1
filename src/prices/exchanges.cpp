// What a request takes of a server that is written for nothing else, and whose clients are processes
// on another CPU: with what it takes to wake them, to go idle and to be woken, as it happens where
// servers are measured.
#include <algorithm>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <utility>

#include "prices/exchange.hpp"

namespace weir::prices {
namespace {

constexpr int patience_ms = 5'000;  // clients that are there ask sooner

/// One client, whose requests are waited for in recv.
class One : public OneThread {
 public:
  /// `divisor`: of so many requests that are to be answered only one is.
  One(const Place& place, const Elsewhere::Ask& ask, std::uint64_t divisor)
      : elsewhere_(place, 1, ask), client_(elsewhere_.server.accept()), divisor_(divisor) {}

  std::uint64_t answer(std::uint64_t times) const {
    const std::uint64_t count = std::max<std::uint64_t>(1, times / divisor_);
    for (std::uint64_t i = 0; i < count; ++i) exchange(client_.get());
    return count;
  }

 private:
  Elsewhere elsewhere_;
  Descriptor client_;
  std::uint64_t divisor_;
};

/// An epoll of clients.
class Watch {
 public:
  Watch() { checked(epoll_.get(), "epoll_create1"); }

  void add(int fd) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    checked(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
  }
  void remove(int fd) const {
    checked(::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr), "epoll_ctl");
  }
  template <class Ready>
  void wait(Ready ready) const {
    std::array<epoll_event, 256> events;
    const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), patience_ms);
    if (count == 0) throw std::runtime_error("the clients don't ask");
    if (count < 0 && errno != EINTR) refused("epoll_wait");
    for (int i = 0; i < count; ++i) ready(events[static_cast<std::size_t>(i)].data.fd);
  }

 private:
  Descriptor epoll_{::epoll_create1(EPOLL_CLOEXEC)};
};

/// Many clients, and one epoll that waits for all of them.
class Crowd : public OneThread {
 public:
  /// `divisor`: as One's.
  Crowd(const Place& place, const Elsewhere::Ask& ask, std::uint64_t divisor)
      : elsewhere_(place, crowd, ask), divisor_(divisor) {
    for (std::size_t i = 0; i < crowd; ++i) {
      clients_.push_back(elsewhere_.server.accept());
      watch_.add(clients_.back().get());
    }
  }

  std::uint64_t answer(std::uint64_t times) const {
    const std::uint64_t count = std::max<std::uint64_t>(1, times / divisor_);
    std::uint64_t answered = 0;
    while (answered < count) {
      watch_.wait([&answered](int client) {
        exchange(client);
        ++answered;
      });
    }
    return answered;
  }

 private:
  Elsewhere elsewhere_;
  std::vector<Descriptor> clients_;
  Watch watch_;
  std::uint64_t divisor_;
};

/// Clients that come and go, and one epoll that waits for all of them. Between two measurements there
/// are none, so that no other probe's process gets their descriptors, which would keep them open.
class Newcomers : public OneThread {
 public:
  explicit Newcomers(const Place& place)
      : elsewhere_(place, newcomers,
                   [](const Loopback& server) { ask_once_each(server, newcomers); }) {}

  std::uint64_t answer(std::uint64_t times) {
    std::uint64_t come = 0;
    std::uint64_t gone = 0;
    watch_.add(listener());
    while (gone < times) {
      watch_.wait([&](int fd) {
        if (fd == listener()) {
          begin(elsewhere_.server.accept(SOCK_NONBLOCK));
          if (++come == times) watch_.remove(listener());
        } else if (receive(fd) > 0) {
          prices::answer(fd);
        } else {
          clients_[static_cast<std::size_t>(fd)].reset();
          ++gone;
        }
      });
    }
    return gone;
  }

 private:
  int listener() const { return elsewhere_.server.get(); }

  void begin(Descriptor client) {
    const int fd = client.get();
    const auto place = static_cast<std::size_t>(fd);
    if (place >= clients_.size()) clients_.resize(place + 1);
    clients_[place] = std::move(client);
    greet(fd);
    watch_.add(fd);
  }

  Elsewhere elsewhere_;
  std::vector<Descriptor> clients_;  // each at its own number
  Watch watch_;
};

/// Clients that come and go, each served to its end before the next one.
class InTurn : public OneThread {
 public:
  explicit InTurn(const Place& place)
      : elsewhere_(place, newcomers,
                   [](const Loopback& server) { ask_once_each(server, newcomers); }) {}

  std::uint64_t answer(std::uint64_t times) const {
    for (std::uint64_t i = 0; i < times; ++i) serve_newcomer(elsewhere_.server.accept().get());
    return times;
  }

 private:
  Elsewhere elsewhere_;
};

Run of_one(const Place& place) {
  const auto ask = [](const Loopback& server) { ask_at_once(server, 1); };
  return timed(std::make_shared<One>(place, ask, 1));
}

Run of_crowd(const Place& place) {
  const auto ask = [](const Loopback& server) { ask_at_once(server, crowd); };
  return timed(std::make_shared<Crowd>(place, ask, 1));
}

Run of_crowd_now_and_then(const Place& place) {
  const auto ask = [](const Loopback& server) { ask_in_turn(server, crowd, paced); };
  return timed_after_a_turn(std::make_shared<Crowd>(place, ask, one_in));
}

Run now_and_then(const Place& place) {
  const auto ask = [](const Loopback& server) { ask_every(server, paced); };
  return timed(std::make_shared<One>(place, ask, one_in));
}

}  // namespace

std::vector<Probe> exchange_probes() {
  return {
      {{"exchange_crowd", "a request answered, of 64 clients on another CPU",
        "64 bytes each way on 127.0.0.1; epoll, recv, send, by one thread; each asks again at once",
        "epoll(7), tcp(7)"},
       of_crowd},
      {{"exchange_alone", "a request answered, of one client on another CPU",
        "the same with recv that blocks, and one client: each waits for the other", "recv(2)"},
       of_one},
      {{"exchange_paced", "a request answered every 250 us, the CPU idle meanwhile",
        "the same with a client that asks 4,000 times a second", "recv(2)"},
       now_and_then},
      {{"exchange_paced_crowd", "the same, of 64 clients that take turns",
        "as exchange_crowd, but they ask 4,000 times a second in all", "epoll(7), tcp(7)"},
       of_crowd_now_and_then},
      {{"newcomer_crowd", "a connection with one request, of 16 clients on another CPU",
        "accept4, greeting, request, answer, the client's end, close; epoll, by one thread",
        "accept(2), epoll(7)"},
       run_of<Newcomers>},
      {{"newcomer_in_turn", "the same, each served to its end before the next",
        "accept4, greeting, request, answer, the client's end, close; calls that block",
        "accept(2)"},
       run_of<InTurn>},
  };
}

}  // namespace weir::prices
