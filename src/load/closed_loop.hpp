#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <weir/service.hpp>

#include "core/stop.hpp"
#include "load/histogram.hpp"

namespace weir::load {

/// A closed loop: each connection sends its next request when the last one is answered. Its
/// latencies are those of the server under that very load; they hide queueing by design.
struct ClosedLoop {
  Address target;
  Exchanges exchanges;
  std::uint32_t connections = 64;
  std::size_t request_bytes = 64;
  Duration warm_up = std::chrono::milliseconds(300);
  Duration window = std::chrono::seconds(1);
  Duration counting{0};  // a second window, for counts that would disturb the first

  /// Called as the run goes on: before connecting; when as many as can be are connected and
  /// greeted; around the window; around the counting window.
  std::function<void()> before = [] {};
  std::function<void(std::uint32_t connected)> when_connected = [](std::uint32_t) {};
  std::function<void()> window_begin = [] {};
  std::function<void()> window_end = [] {};
  std::function<void()> counting_begin = [] {};
  std::function<void()> counting_end = [] {};
};

struct LoadResult {
  std::uint32_t connections = 0;
  std::uint32_t connected = 0;  // at the window's end
  std::uint32_t served = 0;     // had at least one answer in the window
  Duration window{0};
  std::uint64_t requests = 0;
  std::uint64_t counted_requests = 0;  // in the counting window
  std::uint64_t connect_errors = 0;
  std::uint64_t protocol_errors = 0;
  std::uint64_t io_errors = 0;
  std::string first_error;
  Histogram service;  // from the real sending of a request to the last byte of its answer
  double jain = 0;    // (sum x)^2 / (n sum x^2) of the connections' answers (Jain, 1984)
  Duration generator_cpu{0};
  Duration generator_queued{0};  // runnable, and waiting for the processor
  bool interrupted = false;
};

/// Runs the loop on this thread until it is over, or `stop` is asked for. Throws std::system_error
/// when the event loop can't be had.
LoadResult run(const ClosedLoop& loop, Stop& stop);

}  // namespace weir::load
