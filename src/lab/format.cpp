#include "lab/format.hpp"

#include <fmt/format.h>

namespace weir::lab {
namespace {

constexpr const char* missing_text = "n/a";

// Three digits that mean something, no exponent.
std::string three_digits(double value) {
  if (value >= 99.95) return fmt::format("{:.0f}", value);
  if (value >= 9.995) return fmt::format("{:.1f}", value);
  return fmt::format("{:.2f}", value);
}

}  // namespace

std::string rate_text(const Figure& figure_rps) {
  if (!figure_rps.known()) return missing_text;
  const double value = figure_rps.value_or(0);
  if (value >= 999'500) return fmt::format("{}M/s", three_digits(value / 1e6));
  if (value >= 999.5) return fmt::format("{}k/s", three_digits(value / 1e3));
  return fmt::format("{:.0f}/s", value);
}

std::string time_text(const Figure& figure_ns) {
  if (!figure_ns.known()) return missing_text;
  const double value = figure_ns.value_or(0);
  if (value >= 999.5e6) return fmt::format("{} s", three_digits(value / 1e9));
  if (value >= 999.5e3) return fmt::format("{} ms", three_digits(value / 1e6));
  if (value >= 1e3) return fmt::format("{} us", three_digits(value / 1e3));
  return fmt::format("{:.0f} ns", value);
}

std::string bytes_text(const Figure& figure_bytes) {
  if (!figure_bytes.known()) return missing_text;
  const double value = figure_bytes.value_or(0);
  if (value < 1000) return fmt::format("{:.0f} B", value);
  if (value < 1000 * 1024.0) return fmt::format("{} KiB", three_digits(value / 1024));
  return fmt::format("{} MiB", three_digits(value / (1024.0 * 1024)));
}

std::string microseconds_text(const Figure& figure_ns) {
  return figure_ns.known() ? three_digits(figure_ns.value_or(0) / 1e3) : missing_text;
}

std::string count_text(const Figure& figure) {
  if (!figure.known()) return missing_text;
  const double value = figure.value_or(0);
  return value >= 100 ? fmt::format("{:.0f}", value) : fmt::format("{:.2f}", value);
}

std::string ratio_text(double ratio) {
  return ratio < 100 ? fmt::format("{:.2f}x", ratio) : fmt::format("{:.0f}x", ratio);
}

}  // namespace weir::lab
