// A request and its answer, as the probes' servers make them; and clients elsewhere.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

#include "prices/child.hpp"
#include "prices/clients.hpp"
#include "prices/probe.hpp"

namespace weir::prices {

constexpr std::size_t crowd = 64;      // clients that stay
constexpr std::size_t newcomers = 16;  // at a time, of those that come and go

/// Between the requests of those who don't ask at once.
constexpr std::chrono::microseconds paced{250};
/// Such a request takes more than ten times as long as its CPU time: of so many that are to be answered
/// only one is.
constexpr std::uint64_t one_in = 8;

/// Waits for a request's bytes and returns how many; 0: the end. Throws std::system_error.
std::size_t receive(int client);
void answer(int client);
/// Waits for a request and answers it. Throws std::runtime_error when the client has gone.
void exchange(int client);
void greet(int client);
/// All that one who comes and goes wants, by calls that block.
void serve_newcomer(int client);

/// Clients in a process of their own, on the other CPU, where there is one.
class Elsewhere {
 public:
  using Ask = std::function<void(const Loopback&)>;

  /// Throws std::runtime_error when this process may not open so many connections, and what Child and
  /// Loopback throw.
  Elsewhere(const Place& place, std::size_t connections, const Ask& ask)
      : server((need_descriptors_for(connections), Loopback())),
        clients_([this, &ask, cpu = place.other] {
          if (cpu >= 0) pin_to(cpu);
          ask(server);
        }) {}

  const Loopback server;

 private:
  Child clients_;
};

/// Returns what a server's `answer`, which is told how many and returns how many it was, takes by a
/// clock, its `cpu_ns`.
template <class Server>
Run timed(std::shared_ptr<Server> server) {
  return [server = std::move(server)](std::uint64_t times) {
    const double begin_ns = server->cpu_ns();
    const std::uint64_t answered = server->answer(times);
    const double took_ns = server->cpu_ns() - begin_ns;
    return took_ns * static_cast<double>(times) / static_cast<double>(answered);
  };
}

/// The same of one whose clients take turns: before, each has one that doesn't count, since other prices
/// had the caches meanwhile.
template <class Server>
Run timed_after_a_turn(std::shared_ptr<Server> server) {
  return [server, run = timed(server)](std::uint64_t times) {
    server->answer(crowd * one_in);
    return run(times);
  };
}

/// The usual Probe::prepare of such a server.
template <class Server>
Run run_of(const Place& place) {
  return timed(std::make_shared<Server>(place));
}

/// A server that is all done by the thread that measures.
struct OneThread {
  static double cpu_ns() { return clock_ns(CLOCK_THREAD_CPUTIME_ID); }
};

}  // namespace weir::prices
