#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace weir::load {

/// Counts of durations in log-linear buckets: 128 to each power of two, so that a value is known to
/// within 1/128 (0.8 %). After G. Tene's HdrHistogram; exact to merge, never averaged.
class Histogram {
 public:
  static constexpr std::size_t steps = 128;  // to each power of two
  static constexpr std::int64_t value_max_ns = (std::int64_t{1} << 40) - 1;

  Histogram();

  /// Counts one duration; one beyond the range (18 minutes) counts as the longest.
  void record(std::int64_t value_ns) {
    ++counts_[index_of(value_ns)];
    ++count_;
    sum_ns_ += value_ns;
    if (value_ns > max_ns_) max_ns_ = value_ns;
  }
  void merge(const Histogram& other);
  void clear();

  std::uint64_t count() const { return count_; }
  std::int64_t max_ns() const { return max_ns_; }
  double mean_ns() const;
  /// The value that the share `q` (0 to 1) of all does not exceed; none with fewer than ten samples
  /// beyond it, which would be a matter of chance.
  std::optional<std::int64_t> quantile_ns(double q) const;

  /// The buckets from the lowest value on: those that HdrHistogram has for 1 to `value_max_ns` and
  /// two significant digits, in the same order.
  std::span<const std::uint64_t> counts() const { return counts_; }
  /// Calls `visit(highest_ns, count)` with each bucket that is not empty, and the highest value
  /// that it may stand for, up to `max_ns`.
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      if (counts_[i] > 0) visit(std::min(highest_of(i), max_ns_), counts_[i]);
    }
  }

 private:
  static std::size_t index_of(std::int64_t value_ns);
  static std::int64_t highest_of(std::size_t index);

  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::int64_t sum_ns_ = 0;
  std::int64_t max_ns_ = 0;
};

}  // namespace weir::load
