#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <weir/service.hpp>

#include "core/stop.hpp"
#include "load/calm_tail.hpp"
#include "load/histogram.hpp"
#include "load/schedule.hpp"

namespace weir::load {

/// An open loop: requests are due when the schedule says so, whatever the server does.
struct OpenLoop {
  Rate rate;  // it changes within the window
  Arrivals arrivals;
};

/// Requests that were made once: when each is due, and which of the exchanges it is.
struct Trace {
  struct Entry {
    Duration due;  // since the beginning
    std::uint32_t what;
  };
  std::vector<Entry> entries;  // in the order of their times
  std::vector<std::function<Task<>(Stream& server)>> exchanges;
};

/// How long a client of a closed loop thinks, and before which of its requests.
struct Think {
  enum class Kind { exponential, fixed };
  Duration mean{0};
  Kind kind = Kind::exponential;
  std::uint32_t page = 1;  // the first of each so many
};

enum class Connections {
  kept,   // each carries many requests
  fresh,  // each carries one: connect, greeting, request, answer, close
};

/// Clients beside those that are measured, that behave badly, or not at all.
struct Personas {
  std::uint32_t slow_senders = 0;  // send a byte of a request each 200 ms
  std::uint32_t slow_readers = 0;  // send requests, and read no answer
  std::uint32_t idle = 0;          // connect
  std::uint32_t aborters = 0;      // send half a request and reset, ten times a second
  std::uint32_t pipeliners = 0;    // send 16 requests at once, read the answers, and so on

  std::uint32_t count() const { return slow_senders + slow_readers + idle + aborters + pipeliners; }
};

/// What was counted in a part of the window.
struct Slice {
  Duration begin{0};  // since the window began
  Duration end{0};
  std::uint64_t answers = 0;
  Histogram response;
  Histogram service;
  Histogram send_lag;
};

/// The load that is to be made. Without `open` the loop is closed: each connection sends its next
/// request when the last one is answered, or with a `pipeline` when one of so many is.
struct Plan {
  Address target;
  Exchanges exchanges;
  std::uint32_t connections = 64;
  /// Requests under way on each. More than 1: the exchanges have `answers`, the connections are kept,
  /// and there is no `trace` and no `think`.
  std::uint32_t pipeline = 1;
  std::size_t request_bytes = 64;
  Duration warm_up = std::chrono::milliseconds(300);
  Duration warm_up_max{0};  // longer than that: it goes on until it is steady, at most for so long
  Duration window = std::chrono::seconds(1);
  Duration counting{0};  // a second window, for counts that would disturb the first
  std::optional<OpenLoop> open = {};
  std::optional<Trace> trace = {};  // of an open loop: its times, and as many `requests`
  std::optional<std::uint64_t> requests =
      {};  // the window ends with the last of so many; no warm-up
  Think think = {};
  Connections kind = Connections::kept;
  Personas personas = {};
  /// Instead of the one request: each connection takes these in turn, the first from the first of them
  /// on, the next from the next.
  std::vector<std::function<Task<>(Stream& server)>> in_turn = {};
  std::uint64_t seed = 1;

  /// Called as the run goes on: before connecting; when as many as can be are connected and
  /// greeted; around the window; within it, each half second; around the counting window.
  std::function<void()> before = [] {};
  std::function<void(std::uint32_t connected)> when_connected = [](std::uint32_t) {};
  std::function<void()> window_begin = [] {};
  std::function<void(const Slice&)> slice_end = [](const Slice&) {};
  std::function<void()> window_end = [] {};
  std::function<void()> counting_begin = [] {};
  std::function<void()> counting_end = [] {};
};

struct LoadResult {
  std::uint32_t connections = 0;
  std::uint32_t connected = 0;  // at the window's end
  std::uint32_t served = 0;     // had at least one answer in the window
  Duration window{0};
  Duration warm_up{0};
  std::uint64_t requests = 0;          // answered in the window
  std::uint64_t first_half = 0;        // of them, in its first half
  std::uint64_t counted_requests = 0;  // answered in the counting window
  std::uint64_t connect_errors = 0;
  std::uint64_t protocol_errors = 0;
  std::uint64_t io_errors = 0;
  std::string first_error;

  /// From the real sending of a request to the last byte of its answer.
  Histogram service;
  CalmTail calm;    // of the response in an open loop, else of the service
  double jain = 0;  // (sum x)^2 / (n sum x^2) of the connections' answers (Jain, 1984)
  Duration generator_cpu{0};
  Duration generator_spun{0};    // of it: only to be awake when the next request is due
  Duration generator_queued{0};  // runnable, and waiting for the processor
  bool interrupted = false;

  // --- of an open loop, about the requests that were due in the window

  /// From when a request was due to the last byte of its answer.
  Histogram response;
  /// From when a request could have been sent (it was due, and a connection was free) to when it
  /// was: what the generator itself adds to the response.
  Histogram send_lag;
  CalmTail calm_lag;  // of the send lag
  std::uint64_t due = 0;
  std::uint64_t sent = 0;
  std::uint64_t queued = 0;    // of those sent: found every connection busy when they were due
  std::uint64_t censored = 0;  // unanswered at the end: in `response` with the time they had waited

  std::uint64_t errors() const { return connect_errors + protocol_errors + io_errors; }
};

/// Whether the halves of the window differ by more than chance: it was not one and the same load. Not
/// told of a number of requests, of a rate that changes, nor of what was interrupted.
bool unsteady(const Plan& plan, const LoadResult& result);

/// What kept the figures from being better.
enum class Limit {
  no_answers,   // not one request was answered
  server,       // or nothing: the generator had time to spare
  connections,  // open loop: all were busy, and a part of the requests was never sent
  generator,    // it was late, or had no time to spare: the server may be able to do more
};
Limit limit_of(const Plan& plan, const LoadResult& result);

/// A quantile of the send lag: the highest up to the 99th that there are enough samples for.
struct Lateness {
  const char* quantile;
  std::int64_t lag_ns;
};
std::optional<Lateness> lateness_of(const LoadResult& result);

/// Makes the load on this thread until it is over, or `stop` is asked for. Throws std::system_error
/// when the event loop can't be had.
LoadResult run(const Plan& plan, Stop& stop);

}  // namespace weir::load
