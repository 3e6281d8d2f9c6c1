// The few statistics that a comparison of models needs. Ratios are judged as logarithms, so that
// twice as dear and half as dear weigh the same.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace weir::lab {

/// Returns the median (the mean of the middle two for an even number). Throws
/// std::invalid_argument when `values` is empty.
double median(std::vector<double> values);

/// Returns the lower quartile: the lowest of up to four values, the second of up to eight. Throws
/// std::invalid_argument when `values` is empty.
double lower_quartile(std::vector<double> values);

/// Returns the Hodges-Lehmann estimate: the median of the means of all pairs, each value with
/// itself included. As robust as a median, nearly as sharp as a mean (Hodges and Lehmann 1963).
/// Throws std::invalid_argument when `values` is empty.
double hodges_lehmann(const std::vector<double>& values);

struct Interval {
  double low = 0;
  double high = 0;
};

/// A difference between two models, in logarithms of their ratio.
struct Estimate {
  double log_ratio = 0;
  Interval interval;         ///< around log_ratio
  bool provisional = false;  ///< too few blocks for an interval: the range of the blocks
  std::size_t blocks = 0;
};

/// The number of blocks from which an interval is computed rather than a range given.
constexpr std::size_t interval_blocks_min = 6;

/// Returns the 95 % interval of the Hodges-Lehmann estimate by a percentile bootstrap over blocks
/// (Efron and Tibshirani 1993, chapter 13), the same for the same seed. Throws
/// std::invalid_argument when `values` is empty.
Interval bootstrap_interval(const std::vector<double>& values, std::uint64_t seed);

/// Returns the estimate from the log-ratios of the blocks. Throws std::invalid_argument when
/// `log_ratios` is empty.
Estimate estimate(const std::vector<double>& log_ratios, std::uint64_t seed);

/// Returns the noise floor as a ratio of 1 or more: what two servers that are the same differed by.
/// `log_ratios` are those of the reference and its A/A twin, over all blocks and loads: their
/// largest, or from 20 of them the 95 % quantile. Of fewer than five the largest is no bound yet, so
/// that it is widened: then the same server under another name comes out as different in less than
/// 5 % of experiments (tests/lab/power_test.cpp). Never under 1.01.
double noise_floor(const std::vector<double>& log_ratios);

/// Returns a string of letters for each of `log_values`: two that share a letter can't be told
/// apart (closer than `floor`, a ratio). "a" is the lowest. (Piepho 2004, letter displays.)
std::vector<std::string> letter_groups(const std::vector<double>& log_values, double floor);

}  // namespace weir::lab
