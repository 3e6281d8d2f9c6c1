#pragma once
#include <cstdint>

#include <weir/time.hpp>

#include "core/random.hpp"

namespace weir::load {

/// How the requests of an open loop fall around their rate.
struct Arrivals {
  enum class Kind {
    uniform,  // at equal distances
    poisson,  // independently of each other, as those of many clients do: gaps are exponential
    burst,    // `together` at once, at equal distances
    trace,    // as they were once: a Trace says when
  };
  Kind kind = Kind::poisson;
  std::uint32_t together = 1;
};

/// Requests a second: `from_rps` at first; from `begin` to `end` it changes evenly to `to_rps`.
struct Rate {
  double from_rps = 0;
  double to_rps = 0;
  Duration begin{0};
  Duration end{0};

  bool changes() const { return from_rps != to_rps; }
};

/// The share of a schedule that one of several generators has to make.
struct Segment {
  std::uint32_t index = 0;
  std::uint32_t count = 1;
};

/// When each request of an open loop is due. It knows nothing of a clock, a server or a thread: the
/// times follow from the arguments alone, and are the same on every machine whose log and sqrt
/// round alike.
///
/// Uniform arrivals and bursts are a function of a request's index, in closed form. Poisson
/// arrivals are the sum of the gaps before, each of which is a function of the seed, the segment
/// and its index (SplitMix64 counts, and mixes what it has counted). Segments of a Poisson process
/// are Poisson processes, and add up to one. A rate that changes stretches the time of either: the
/// n-th request is due when the integral of the rate has come to n.
class Schedule {
 public:
  /// Rates are above 0.
  Schedule(Rate rate, Arrivals arrivals, std::uint64_t seed, Segment segment = {});

  /// When the next request is due, since the beginning of the load.
  Duration next();

 private:
  double count_at_next();
  double seconds_at(double count) const;

  Rate rate_;
  Arrivals arrivals_;
  Segment segment_;
  Random random_;
  std::uint64_t index_ = 0;
  double sum_ = 0;  // of the gaps, in requests
};

/// A number above 0 and up to 1, of the next one of `random`.
double uniform_of(Random& random);

/// An exponentially distributed number with the mean 1.
double exponential_of(Random& random);

}  // namespace weir::load
