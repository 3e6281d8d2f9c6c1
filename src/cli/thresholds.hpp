#pragma once
#include <optional>
#include <string>
#include <vector>

#include "load/generator.hpp"

namespace weir::cli {

/// What a load must keep to: `p99<5ms`, `rate>10000`, `errors<1`.
struct Threshold {
  enum class What { quantile, max, rate, errors };
  std::string text;  // as it was given
  What what = What::quantile;
  double q = 0;      // of a quantile
  double bound = 0;  // ns, requests a second, or a number
};

/// Throws std::invalid_argument with one sentence.
Threshold parse_threshold(const std::string& word);

/// Whether a load kept to one.
struct Judged {
  std::string text;
  std::optional<double> value;  // none: too few samples to tell
  std::string value_text;
  bool met = false;
};

/// Latencies are the response's of an open loop, the service's of a closed one.
std::vector<Judged> judge(const std::vector<Threshold>& thresholds, const load::Plan& plan,
                          const load::LoadResult& result);

}  // namespace weir::cli
