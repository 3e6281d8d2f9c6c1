// What a request takes when each client has a thread or a process of its own, which waits for it in
// recv; and what a client takes for whom one is made.
#include <algorithm>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>

#include "core/detached.hpp"
#include "prices/apart.hpp"
#include "prices/exchange.hpp"

namespace weir::prices {
namespace {

enum class Manner { at_once, in_turn };

/// Clients that ask in rounds, and so let those who serve them rest between two measurements.
class Audience {
 public:
  Audience(const Place& place, Manner manner)
      : elsewhere_(place, crowd, [this, manner](const Loopback& server) {
          if (manner == Manner::at_once) {
            ask_in_rounds(server, crowd, rounds_);
          } else {
            ask_in_turn_in_rounds(server, crowd, paced, rounds_);
          }
        }) {
    for (Descriptor& client : clients) {
      client = elsewhere_.server.accept();
      be_patient(client);
    }
  }

  /// Those who serve are there afterwards, and have touched what they will.
  void warm_up() const { ask(16 * crowd); }
  std::uint64_t ask(std::uint64_t times) const {
    give(rounds_.begun, times);
    take(rounds_.ended, std::chrono::seconds(30), "those who should serve the clients don't");
    return times;
  }

  std::array<Descriptor, crowd> clients;

 private:
  Rounds rounds_;
  Elsewhere elsewhere_;
};

/// Serves a client until it has gone.
void serve_all_along(const Descriptor& client) {
  while (receive(client.get()) > 0) answer(client.get());
}

/// Threads, in a process of their own: here they would make each fork dearer.
class Threads {
 public:
  explicit Threads(const Place& place, Manner manner = Manner::at_once) : audience_(place, manner) {
    audience_.warm_up();
  }

  double cpu_ns() const { return process_.cpu_ns(); }
  std::uint64_t answer(std::uint64_t times) const { return audience_.ask(times); }

 private:
  void serve() const {
    std::vector<std::jthread> threads;  // they end when the clients do
    for (const Descriptor& client : audience_.clients) {
      threads.emplace_back([&client] { serve_all_along(client); });
    }
  }

  Audience audience_;
  Child process_{[this] { serve(); }};
};

/// Threads that have little to do.
class PacedThreads {
 public:
  explicit PacedThreads(const Place& place) : threads_(place, Manner::in_turn) {}

  double cpu_ns() const { return threads_.cpu_ns(); }
  std::uint64_t answer(std::uint64_t times) const {
    return threads_.answer(std::max<std::uint64_t>(1, times / one_in));
  }

 private:
  Threads threads_;
};

class Processes {
 public:
  explicit Processes(const Place& place) : audience_(place, Manner::at_once) {
    for (const Descriptor& client : audience_.clients) {
      processes_.push_back(std::make_unique<Child>([&client] { serve_all_along(client); }));
    }
    audience_.warm_up();
  }

  double cpu_ns() const {
    double used_ns = 0;
    for (const auto& each : processes_) used_ns += each->cpu_ns();
    return used_ns;
  }
  std::uint64_t answer(std::uint64_t times) const { return audience_.ask(times); }

 private:
  Audience audience_;
  std::vector<std::unique_ptr<Child>> processes_;
};

/// A server that makes somebody for each client that comes, and does not wait for it.
class Doorman {
 public:
  explicit Doorman(const Place& place)
      : elsewhere_(place, newcomers,
                   [](const Loopback& server) { ask_once_each(server, newcomers); }) {}

  static double cpu_ns() { return prices::cpu_ns(); }

 protected:
  Descriptor next() const { return elsewhere_.server.accept(); }

  static void serve(int client) {
    try {
      serve_newcomer(client);
    } catch (const std::exception&) {
      // it finds the end
    }
  }

 private:
  Elsewhere elsewhere_;
};

class MakesThreads : public Doorman {
 public:
  using Doorman::Doorman;

  std::uint64_t answer(std::uint64_t at_least) const {
    const std::uint64_t times = std::max<std::uint64_t>(at_least, 16 * newcomers);  // warm ones
    Made made;
    for (; made.count < times; ++made.count) begin(next(), made.gone);
    return times;
  }

 private:
  /// Threads, whose end is waited for.
  struct Made {
    Descriptor gone = make_event();
    std::uint64_t count = 0;
    ~Made() {
      for (std::uint64_t ended = 0; ended < count;) ended += take(gone);
    }
  };

  static void begin(Descriptor client, const Descriptor& gone) {
    constexpr std::size_t stack_bytes = std::size_t{1} << 20;  // as the model thread
    start_detached(stack_bytes, [&gone, client = std::move(client)]() mutable {
      serve(client.get());
      client.reset();
      give(gone, 1);
    });
  }
};

class MakesProcesses : public Doorman {
 public:
  using Doorman::Doorman;

  std::uint64_t answer(std::uint64_t at_least) const {
    const std::uint64_t times = std::max<std::uint64_t>(at_least, newcomers);
    std::uint64_t gone = 0;
    for (std::uint64_t i = 0; i < times; ++i) {
      const Descriptor client = next();
      const pid_t pid = checked(::fork(), "fork");
      if (pid == 0) {
        serve(client.get());
        ::_exit(0);
      }
      while (::waitpid(-1, nullptr, WNOHANG) > 0) ++gone;
    }
    for (; gone < times; ++gone) checked(::waitpid(-1, nullptr, 0), "waitpid");
    return times;
  }
};

Run of_threads_now_and_then(const Place& place) {
  return timed_after_a_turn(std::make_shared<PacedThreads>(place));
}

}  // namespace

std::vector<Probe> carrier_probes() {
  return {
      {{"exchange_threads", "the same, each client with a thread of its own",
        "recv, send by 64 threads on one CPU, each of which waits for its client", "recv(2)"},
       run_of<Threads>},
      {{"exchange_paced_threads", "the same, of clients that take turns",
        "as exchange_threads, but they ask 4,000 times a second in all", "recv(2)"},
       of_threads_now_and_then},
      {{"exchange_processes", "the same, each client with a process of its own",
        "recv, send by 64 processes on one CPU, each of which waits for its client", "recv(2)"},
       run_of<Processes>},
      {{"newcomer_threads", "the same, with a thread that is made for it",
        "as newcomer_in_turn, by a thread that is made for each", "pthread_create(3)"},
       apart(run_of<MakesThreads>)},
      {{"newcomer_processes", "the same, with a process that is made for it",
        "as newcomer_in_turn, by a process that is made for each; this program as it is",
        "fork(2), waitpid(2)"},
       apart(run_of<MakesProcesses>)},
  };
}

}  // namespace weir::prices
