#pragma once
#include <string>
#include <string_view>

#include "load/generator.hpp"
#include "load/histogram.hpp"

namespace weir::load {

/// The histogram as HdrHistogram keeps it, to two significant digits, in base64: its V2 compressed
/// encoding. The buckets are the very same, so nothing is rounded.
/// github.com/HdrHistogram/HdrHistogram, HistogramEncodingV2
std::string hdr_base64(const Histogram& histogram);

/// The text that HdrHistogram's outputPercentileDistribution writes, in ms, with five steps to each
/// halving of what is left: for its plotter, and for what else reads .hgrm files.
std::string percentiles_text(const Histogram& histogram);

/// A HdrHistogram interval log, version 1.3: a line for each second and tag.
class HdrLog {
 public:
  /// `start_s`: when the window begins, in seconds since 1970. `response`: whether there are any.
  HdrLog(double start_s, bool has_response);

  /// Adds what was counted in half a second, and writes a line for each full one.
  void add(const Slice& slice);
  /// The log so far, with what has been added since the last full second.
  std::string text() const;

 private:
  std::string lines(const Slice& interval) const;

  bool has_response_;
  std::string text_;
  Slice interval_;
};

}  // namespace weir::load
