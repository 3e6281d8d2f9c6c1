#include "load/histogram.hpp"

#include <bit>
#include <cmath>

namespace weir::load {
namespace {

constexpr std::size_t steps = Histogram::steps;
constexpr int step_bits = std::countr_zero(steps);
constexpr int value_bits = std::bit_width(std::uint64_t{Histogram::value_max_ns});
constexpr std::size_t buckets = (value_bits - step_bits + 1) * steps;
constexpr std::uint64_t samples_beyond_min = 10;

}  // namespace

Histogram::Histogram() : counts_(buckets) {}

std::size_t Histogram::index_of(std::int64_t value_ns) {
  const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(0, value_ns));
  if (value < steps) return static_cast<std::size_t>(value);
  const int shift = static_cast<int>(std::bit_width(value)) - 1 - step_bits;
  const std::size_t index = static_cast<std::size_t>(shift) * steps + (value >> shift);
  return std::min(index, buckets - 1);
}

std::int64_t Histogram::highest_of(std::size_t index) {
  if (index < 2 * steps) return static_cast<std::int64_t>(index);
  const std::size_t shift = index / steps - 1;
  return static_cast<std::int64_t>(((index - shift * steps + 1) << shift) - 1);
}

void Histogram::merge(const Histogram& other) {
  for (std::size_t i = 0; i < buckets; ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  sum_ns_ += other.sum_ns_;
  max_ns_ = std::max(max_ns_, other.max_ns_);
}

void Histogram::clear() {
  *this = Histogram();
}

double Histogram::mean_ns() const {
  return count_ == 0 ? 0 : static_cast<double>(sum_ns_) / static_cast<double>(count_);
}

std::optional<std::int64_t> Histogram::quantile_ns(double q) const {
  const auto rank = static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(count_)));
  if (rank == 0 || count_ - rank < samples_beyond_min) return std::nullopt;
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets; ++i) {
    seen += counts_[i];
    if (seen >= rank) return std::min(highest_of(i), max_ns_);
  }
  return max_ns_;
}

}  // namespace weir::load
