#pragma once
#include <cstddef>
#include <optional>
#include <string>

#include <weir/time.hpp>

#include "lab/scenario.hpp"

namespace weir::cli {

/// What a request makes the server do.
struct AskedWork {
  Duration sleep{0};  // as a session should
  Duration block{0};  // in a call that blocks
  Duration cpu{0};
  std::string reply = "64B";
};

/// A user's own mixture: `connections=200 rate=2000 cpu=50us reply=1KiB 10% block=5ms p99<20ms`.
struct Ask {
  std::size_t connections = 0;
  std::size_t active = 0;         // of them; the others say nothing
  std::optional<double> rate;     // requests a second, of all; none: as fast as answers come
  std::optional<Duration> think;  // then: each client waits so long before a request
  AskedWork usual;
  std::optional<AskedWork> rare;  // what a share of the requests does instead
  double rare_share = 0;          // more than 0, less than 1
  std::string goal;               // `p99<20ms`
  std::string by;                 // the figure to judge by; empty: what suits the rest
  std::string text;               // as the user wrote it
};

/// Throws Failure (wrong usage) with one sentence.
Ask parse_ask(const std::string& text);

/// The scenario that measures it, as a file that can be kept.
std::string scenario_text(const Ask& ask);

/// Why a contestant of that scenario has the size that it has; empty: it has none.
std::string size_reason(const Ask& ask, const std::string& contestant);

}  // namespace weir::cli
