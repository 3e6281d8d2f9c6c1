#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include <weir/time.hpp>

namespace weir::work {

/// The longest line that may ask.
inline constexpr std::size_t line_bytes_max = 1024;
inline constexpr Duration wait_max = std::chrono::minutes(1);
inline constexpr Duration burn_max = std::chrono::seconds(10);
inline constexpr std::size_t reply_bytes_max = std::size_t{64} << 20;

/// Where what blocks or computes is done.
enum class Where {
  offloaded,  // where it holds up nobody else: Io::offload
  here,       // in the session itself, whoever it holds up
};

/// What a line asks for, in this order.
struct Request {
  Duration sleep{0};            // waits as a session should: Io::sleep
  Duration block{0};            // sleeps as a blocking call does: nanosleep(2)
  Duration burn{0};             // uses so much CPU time: CLOCK_THREAD_CPUTIME_ID
  std::size_t reply_bytes = 5;  // of the answer, its end included
  Where where = Where::offloaded;
  bool crash = false;
};

/// Reads `sleep=TIME block=TIME burn=TIME reply=SIZE here crash`, each once at most, in any order;
/// nothing asks for a short answer. A TIME has a unit (ns, us, ms, s), a SIZE too (B, KiB, MiB).
/// Throws std::invalid_argument with what is wrong.
Request parse(std::string_view line);

}  // namespace weir::work
