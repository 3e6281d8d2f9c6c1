#include "lab/statistics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <random>
#include <stdexcept>

namespace weir::lab {
namespace {

constexpr std::size_t resamples = 2000;
constexpr double tail = 0.025;
constexpr double floor_min = 1.01;
constexpr std::size_t quantile_values_min = 20;
constexpr double floor_quantile = 0.95;
constexpr double rounding = 1e-9;
/// By how much the logarithm of the largest of 1, 2, 3 or 4 differences is widened: simulated, for
/// the Hodges-Lehmann estimate of as many differences to stay inside it 95 times of 100.
constexpr std::array widening{10.0, 3.0, 1.5, 1.1};

double quantile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  return sorted[static_cast<std::size_t>(std::lround(place))];
}

}  // namespace

double median(std::vector<double> values) {
  if (values.empty()) throw std::invalid_argument("no values to take the median of");
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  if (values.size() % 2 == 1) return values[middle];
  return (values[middle - 1] + values[middle]) / 2;
}

double lower_quartile(std::vector<double> values) {
  if (values.empty()) throw std::invalid_argument("the quartile of no values");
  const auto quarter = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 4);
  std::nth_element(values.begin(), quarter, values.end());
  return *quarter;
}

double hodges_lehmann(const std::vector<double>& values) {
  std::vector<double> means;
  means.reserve(values.size() * (values.size() + 1) / 2);
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = i; j < values.size(); ++j) means.push_back((values[i] + values[j]) / 2);
  }
  return median(std::move(means));
}

Interval bootstrap_interval(const std::vector<double>& values, std::uint64_t seed) {
  if (values.empty()) throw std::invalid_argument("no values to resample");
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<std::size_t> pick(0, values.size() - 1);
  std::vector<double> estimates(resamples);
  std::vector<double> sample(values.size());
  for (double& result : estimates) {
    for (double& value : sample) value = values[pick(random)];
    result = hodges_lehmann(sample);
  }
  std::sort(estimates.begin(), estimates.end());
  return {quantile(estimates, tail), quantile(estimates, 1 - tail)};
}

Estimate estimate(const std::vector<double>& log_ratios, std::uint64_t seed) {
  Estimate result;
  result.log_ratio = hodges_lehmann(log_ratios);
  result.blocks = log_ratios.size();
  result.provisional = log_ratios.size() < interval_blocks_min;
  if (result.provisional) {
    const auto [low, high] = std::minmax_element(log_ratios.begin(), log_ratios.end());
    result.interval = {*low, *high};
  } else {
    result.interval = bootstrap_interval(log_ratios, seed);
  }
  return result;
}

double noise_floor(const std::vector<double>& log_ratios) {
  std::vector<double> sizes;
  for (const double ratio : log_ratios) sizes.push_back(std::abs(ratio));
  if (sizes.empty()) return floor_min;
  std::sort(sizes.begin(), sizes.end());
  const double bound =
      sizes.size() < quantile_values_min ? sizes.back() : quantile(sizes, floor_quantile);
  const double wider = sizes.size() <= widening.size() ? widening[sizes.size() - 1] : 1;
  return std::max(floor_min, std::exp(bound * wider));
}

std::vector<std::string> letter_groups(const std::vector<double>& log_values, double floor) {
  const double reach = std::log(floor) + rounding;
  std::vector<std::size_t> order(log_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return log_values[a] < log_values[b]; });
  std::vector<std::string> letters(log_values.size());
  char letter = 'a';
  std::size_t covered = 0;  // how far the groups so far reach
  for (std::size_t first = 0; first < order.size() && letter <= 'z'; ++first) {
    std::size_t end = first;
    while (end < order.size() && log_values[order[end]] - log_values[order[first]] <= reach) ++end;
    if (end <= covered) continue;  // inside an earlier group
    for (std::size_t i = first; i < end; ++i) letters[order[i]] += letter;
    covered = end;
    ++letter;
  }
  return letters;
}

}  // namespace weir::lab
