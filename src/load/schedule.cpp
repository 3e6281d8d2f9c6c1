#include "load/schedule.hpp"

#include <cmath>

namespace weir::load {
namespace {

double seconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1e9;
}

/// Of its own for each segment, however near the seeds are.
std::uint64_t seed_of(std::uint64_t seed, const Segment& segment) {
  return Random(Random(seed).next() + segment.index).next();
}

}  // namespace

double uniform_of(Random& random) {
  constexpr int mantissa_bits = 53;
  const std::uint64_t bits = (random.next() >> (64 - mantissa_bits)) + 1;
  return static_cast<double>(bits) / static_cast<double>(std::uint64_t{1} << mantissa_bits);
}

double exponential_of(Random& random) {
  return -std::log(uniform_of(random));
}

Schedule::Schedule(Rate rate, Arrivals arrivals, std::uint64_t seed, Segment segment)
    : rate_(rate), arrivals_(arrivals), segment_(segment), random_(seed_of(seed, segment)) {}

Duration Schedule::next() {
  return Duration(std::llround(seconds_at(count_at_next()) * 1e9));
}

/// How many requests of all segments are due before the next one.
double Schedule::count_at_next() {
  if (arrivals_.kind == Arrivals::Kind::poisson) {
    sum_ += exponential_of(random_);
    return sum_ * segment_.count;
  }
  const std::uint64_t before = index_++ * segment_.count + segment_.index;
  const std::uint64_t together = arrivals_.kind == Arrivals::Kind::burst ? arrivals_.together : 1;
  return static_cast<double>(before / together * together);
}

/// When the integral of the rate comes to `count`.
double Schedule::seconds_at(double count) const {
  const double begin = seconds(rate_.begin);
  const double before_ramp = rate_.from_rps * begin;
  if (!rate_.changes() || count <= before_ramp) return count / rate_.from_rps;
  const double ramp = seconds(rate_.end - rate_.begin);
  const double in_ramp = (rate_.from_rps + rate_.to_rps) / 2 * ramp;
  const double rest = count - before_ramp;
  if (rest >= in_ramp) return begin + ramp + (rest - in_ramp) / rate_.to_rps;
  // rest = from t + slope t^2 / 2, solved for t in the form that does not cancel.
  const double slope = (rate_.to_rps - rate_.from_rps) / ramp;
  const double from = rate_.from_rps;
  return begin + 2 * rest / (from + std::sqrt(from * from + 2 * slope * rest));
}

}  // namespace weir::load
