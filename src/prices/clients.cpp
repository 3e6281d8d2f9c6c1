#include "prices/clients.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <vector>

#include "prices/probe.hpp"

namespace weir::prices {
namespace {

using Clock = std::chrono::steady_clock;

void send_request(const Descriptor& server) {
  static constexpr Request request{};
  checked(::send(server.get(), request.data(), request.size(), MSG_NOSIGNAL), "send");
}

/// Returns how many bytes there were; throws when it is the end.
std::size_t receive_answer(const Descriptor& server) {
  Request answer;
  const auto count = checked(::recv(server.get(), answer.data(), answer.size(), 0), "recv");
  if (count == 0) throw std::runtime_error("the server has ended");
  return static_cast<std::size_t>(count);
}

/// Connections whose answers an epoll waits for.
class Asking {
 public:
  Asking(const Loopback& server, std::size_t count) : server_(server), connections_(count) {
    checked(epoll_.get(), "epoll_create1");
    for (Descriptor& each : connections_) open(each);
  }

  const std::vector<Descriptor>& connections() const { return connections_; }

  void open(Descriptor& connection) {
    connection = server_.connect();
    send_without_delay(connection);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &connection;
    checked(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, connection.get(), &event), "epoll_ctl");
  }

  /// Waits for answers, and calls `answered` with the connection of each.
  template <class Answered>
  void wait(Answered answered) {
    std::array<epoll_event, 256> events;
    const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), -1);
    if (count < 0 && errno != EINTR) refused("epoll_wait");
    for (int i = 0; i < count; ++i) {
      answered(*static_cast<Descriptor*>(events[static_cast<std::size_t>(i)].data.ptr));
    }
  }

 private:
  const Loopback& server_;
  Descriptor epoll_{::epoll_create1(EPOLL_CLOEXEC)};
  std::vector<Descriptor> connections_;
};

}  // namespace

void ask_at_once(const Loopback& server, std::size_t connections) {
  Asking asking(server, connections);
  for (const Descriptor& each : asking.connections()) send_request(each);
  for (;;) {
    asking.wait([](const Descriptor& each) {
      receive_answer(each);
      send_request(each);
    });
  }
}

void ask_in_rounds(const Loopback& server, std::size_t connections, const Rounds& rounds) {
  Asking asking(server, connections);
  for (;;) {
    std::uint64_t unasked = take(rounds.begun);
    std::uint64_t unanswered = unasked;
    const auto ask = [&unasked](const Descriptor& each) {
      if (unasked == 0) return;
      send_request(each);
      --unasked;
    };
    for (const Descriptor& each : asking.connections()) ask(each);
    while (unanswered > 0) {
      asking.wait([&](const Descriptor& each) {
        receive_answer(each);
        --unanswered;
        ask(each);
      });
    }
    give(rounds.ended, 1);
  }
}

void ask_once_each(const Loopback& server, std::size_t at_a_time) {
  Asking asking(server, at_a_time);
  for (;;) {
    asking.wait([&asking](Descriptor& each) {
      if (receive_answer(each) == 1) {  // the greeting
        send_request(each);
      } else {
        each.reset();
        asking.open(each);
      }
    });
  }
}

namespace {

/// Says when it is time again: so long after it last was.
class Pace {
 public:
  explicit Pace(std::chrono::nanoseconds interval) : interval_(interval) {}

  void wait() {
    while (Clock::now() < due_) {
    }
    due_ = std::max(due_, Clock::now()) + interval_;
  }

 private:
  std::chrono::nanoseconds interval_;
  Clock::time_point due_ = Clock::now();
};

/// Connections that ask one after the other.
class Turns {
 public:
  Turns(const Loopback& server, std::size_t connections) : asking_(server, connections) {}

  void ask() {
    send_request(asking_.connections()[next_]);
    next_ = (next_ + 1) % asking_.connections().size();
    bool answered = false;
    while (!answered) {
      asking_.wait([&answered](const Descriptor& each) {
        receive_answer(each);
        answered = true;
      });
    }
  }

 private:
  Asking asking_;
  std::size_t next_ = 0;
};

}  // namespace

void ask_every(const Loopback& server, std::chrono::nanoseconds interval) {
  const Descriptor connection = server.connect();
  send_without_delay(connection);
  for (Pace pace(interval);;) {
    pace.wait();
    send_request(connection);
    receive_answer(connection);
  }
}

void ask_in_turn(const Loopback& server, std::size_t connections,
                 std::chrono::nanoseconds interval) {
  Turns turns(server, connections);
  for (Pace pace(interval);;) {
    pace.wait();
    turns.ask();
  }
}

void ask_in_turn_in_rounds(const Loopback& server, std::size_t connections,
                           std::chrono::nanoseconds interval, const Rounds& rounds) {
  Turns turns(server, connections);
  for (Pace pace(interval);;) {
    for (std::uint64_t unasked = take(rounds.begun); unasked > 0; --unasked) {
      pace.wait();
      turns.ask();
    }
    give(rounds.ended, 1);
  }
}

}  // namespace weir::prices
