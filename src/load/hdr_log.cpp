#include "load/hdr_log.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>

namespace weir::load {
namespace {

constexpr double ns_per_ms = 1e6;

template <class Number>
void append_big_endian(std::string& to, Number number) {
  for (std::size_t i = sizeof number; i-- > 0;) {
    to += static_cast<char>(static_cast<std::uint64_t>(number) >> (8 * i) & 0xff);
  }
}

/// ZigZag LEB128 of at most nine bytes, the last of which has all its eight bits.
void append_zigzag(std::string& to, std::int64_t number) {
  constexpr int bytes_max = 9;
  std::uint64_t rest =
      (static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number < 0 ? -1 : 0);
  for (int i = 1; i < bytes_max && rest >= 0x80; ++i, rest >>= 7) {
    to += static_cast<char>((rest & 0x7f) | 0x80);
  }
  to += static_cast<char>(rest);
}

/// The counts from the lowest value on; a run of zeros as its negative length.
std::string counts_of(const Histogram& histogram) {
  std::string payload;
  std::int64_t zeros = 0;
  for (const std::uint64_t count : histogram.counts()) {
    if (count == 0) {
      ++zeros;
      continue;
    }
    if (zeros > 0) append_zigzag(payload, zeros == 1 ? 0 : -zeros);
    zeros = 0;
    append_zigzag(payload, static_cast<std::int64_t>(count));
  }
  return payload;
}

/// What zlib makes of bytes that it only stores (RFC 1950, RFC 1951 section 3.2.4): every reader of
/// compressed data reads it, and runs of zeros are short already.
std::string stored(std::string_view bytes) {
  constexpr std::size_t block_max = 0xffff;
  std::string out = "\x78\x01";
  std::uint32_t low = 1;  // Adler-32
  std::uint32_t high = 0;
  for (const char c : bytes) {
    low = (low + static_cast<unsigned char>(c)) % 65521;
    high = (high + low) % 65521;
  }
  do {
    const std::string_view block = bytes.substr(0, block_max);
    bytes.remove_prefix(block.size());
    out += bytes.empty() ? '\1' : '\0';
    for (const std::size_t size : {block.size(), ~block.size()}) {
      out += static_cast<char>(size & 0xff);
      out += static_cast<char>(size >> 8 & 0xff);
    }
    out += block;
  } while (!bytes.empty());
  append_big_endian(out, high << 16 | low);
  return out;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(3, bytes.size()))) {
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      group = group << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0u);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      text += i <= bytes.size() ? digits[group >> (18 - 6 * i) & 0x3f] : '=';
    }
  }
  return text;
}

}  // namespace

std::string hdr_base64(const Histogram& histogram) {
  constexpr std::uint32_t encoding = 0x1c849303 | 0x10;  // V2, words of up to nine bytes
  constexpr std::uint32_t compressed_encoding = 0x1c849304 | 0x10;
  constexpr std::uint32_t significant_digits = 2;
  constexpr std::uint64_t one = 0x3ff0000000000000;  // 1.0: what a unit is
  const std::string counts = counts_of(histogram);
  std::string plain;
  append_big_endian(plain, encoding);
  append_big_endian(plain, static_cast<std::uint32_t>(counts.size()));
  append_big_endian(plain, std::uint32_t{0});  // nothing is normalised away
  append_big_endian(plain, significant_digits);
  append_big_endian(plain, std::uint64_t{1});
  append_big_endian(plain, static_cast<std::uint64_t>(Histogram::value_max_ns));
  append_big_endian(plain, one);
  plain += counts;
  const std::string packed = stored(plain);
  std::string out;
  append_big_endian(out, compressed_encoding);
  append_big_endian(out, static_cast<std::uint32_t>(packed.size()));
  return base64(out + packed);
}

std::string percentiles_text(const Histogram& histogram) {
  constexpr double steps_to_a_half = 5;
  std::string text = fmt::format("{:>12} {:>14} {:>10} {:>14}\n\n", "Value", "Percentile",
                                 "TotalCount", "1/(1-Percentile)");
  const auto total = static_cast<double>(histogram.count());
  std::uint64_t seen = 0;
  double next =
      0;  // the percentage that is to be told next; added up as HdrHistogram does, bit by bit
  double squares = 0;
  histogram.for_each([&](std::int64_t highest_ns, std::uint64_t count) {
    seen += count;
    const double from_mean = static_cast<double>(highest_ns) - histogram.mean_ns();
    squares += static_cast<double>(count) * from_mean * from_mean;
    const double percentage = 100 * static_cast<double>(seen) / total;
    const double value_ms = static_cast<double>(highest_ns) / ns_per_ms;
    for (bool said = false; next <= percentage && !said;) {
      if (seen == histogram.count()) next = 100;
      text += fmt::format("{:12.6f} {:2.12f} {:10}", value_ms, next / 100, seen);
      text += next < 100 ? fmt::format(" {:14.2f}\n", 1 / (1 - next / 100)) : "\n";
      said = next >= 100;
      const double halvings = std::floor(std::log2(100 / (100 - next))) + 1;
      if (!said) next += 100 / (steps_to_a_half * std::exp2(halvings));
    }
  });
  text += fmt::format("#[Mean    = {:12.6f}, StdDeviation   = {:12.6f}]\n",
                      histogram.mean_ns() / ns_per_ms,
                      total > 0 ? std::sqrt(squares / total) / ns_per_ms : 0);
  text += fmt::format("#[Max     = {:12.6f}, Total count    = {:12}]\n",
                      static_cast<double>(histogram.max_ns()) / ns_per_ms, histogram.count());
  text += fmt::format("#[Buckets = {:12}, SubBuckets     = {:12}]\n",
                      histogram.counts().size() / Histogram::steps - 1, 2 * Histogram::steps);
  return text;
}

HdrLog::HdrLog(double start_s, bool has_response) : has_response_(has_response) {
  text_ = fmt::format(
      "#[Histogram log format version 1.3]\n"
      "#[Made by weir load; values in ns]\n"
      "#[StartTime: {:.3f} (seconds since epoch)]\n"
      "#[BaseTime: {:.3f} (seconds since epoch)]\n"
      "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n",
      start_s, start_s);
}

void HdrLog::add(const Slice& slice) {
  constexpr Duration interval =
      std::chrono::milliseconds(950);  // slices end a little early or late
  interval_.end = slice.end;
  interval_.response.merge(slice.response);
  interval_.service.merge(slice.service);
  if (interval_.end - interval_.begin < interval) return;
  text_ += lines(interval_);
  interval_ = {};
  interval_.begin = slice.end;
}

std::string HdrLog::lines(const Slice& interval) const {
  const auto line = [&](std::string_view tag, const Histogram& histogram) {
    const auto seconds = [](Duration time) { return static_cast<double>(time.count()) / 1e9; };
    return fmt::format("Tag={},{:.3f},{:.3f},{:.3f},{}\n", tag, seconds(interval.begin),
                       seconds(interval.end - interval.begin),
                       static_cast<double>(histogram.max_ns()) / ns_per_ms, hdr_base64(histogram));
  };
  const std::string response = has_response_ ? line("response", interval.response) : "";
  return response + line("service", interval.service);
}

std::string HdrLog::text() const {
  return interval_.end > interval_.begin ? text_ + lines(interval_) : text_;
}

}  // namespace weir::load
