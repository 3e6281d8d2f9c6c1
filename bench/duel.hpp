// Servers side by side: all of them up, and the load goes from one to the other in short slices, so
// that what the machine does meanwhile happens to all of them.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "bench/race.hpp"
#include "lab/experiment.hpp"
#include "lab/figure.hpp"
#include "lab/process.hpp"

namespace weir::bench {

/// How contestants are started and asked to end, when they are not all weir's or its twins.
struct Starter {
  /// Throws std::runtime_error when it can't.
  std::function<lab::Server(const lab::Contestant&, const lab::Process::Options&)> start =
      [](const lab::Contestant& contestant, const lab::Process::Options& options) {
        return lab::start_server(contestant.argv, options);
      };
  /// Of one that has been sent a SIGTERM: whether this is the exit code of an end in good order.
  std::function<bool(int code)> ended_well = [](int code) { return code == 0; };
};

struct DuelOptions {
  std::size_t rounds = 6;
  std::size_t slices = 4;  ///< of each contestant in a round; half of them in reversed order
  std::chrono::milliseconds slice{250};
  std::chrono::milliseconds warm_up{100};
  std::uint64_t seed = 0;
  std::string service = "framed";  ///< whose protocol is spoken ...
  std::string path = {};  ///< ... and what is asked for, where there is a choice: /plaintext
  bool churn = false;     ///< a new connection for each request
  /// More than 0: wrk makes the load, so many requests in a row, and a slice is a second.
  std::size_t pipelined = 0;
  Starter starter = {};
  std::optional<pid_t> behind = {};  ///< a server that all of them ask: it is nobody foreign
};

struct Duel {
  std::vector<Lap> laps;  ///< in the order of the contestants
  std::size_t runs = 0;
  std::size_t disturbed_runs = 0;  ///< other programs took part of the CPU time
  std::size_t repeated_runs = 0;   ///< nothing was answered the time before
};

/// In each round all contestants are started, on the servers' CPU, and get the load in turns, from
/// a generator on a CPU of its own; an idle one costs nothing. A round's figure is the CPU time of
/// all its slices by their requests. Throws std::runtime_error when a run fails, for figures with
/// holes compare nothing.
Duel duel(const std::vector<lab::Contestant>& contestants, std::size_t connections,
          const DuelOptions& options, const Say& say);

/// The system calls that a server makes under load from `connections` connections, by name, as
/// strace(1) counts them: `share` is what part of all calls are of this name. Empty when strace is
/// missing or may not trace.
struct CallShare {
  std::string name;
  double share = 0;
};
std::vector<CallShare> calls_by_name(const lab::Contestant& contestant, std::size_t connections);

}  // namespace weir::bench
