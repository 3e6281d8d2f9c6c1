#include "cli/thresholds.hpp"

#include <charconv>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>

#include "cli/units.hpp"

namespace weir::cli {
namespace {

double number_of(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) {
    throw std::invalid_argument(fmt::format("'{}' is not a number", text));
  }
  return number;
}

double quantile_of(std::string_view name) {
  return name == "p50"    ? 0.5
         : name == "p90"  ? 0.9
         : name == "p99"  ? 0.99
         : name == "p999" ? 0.999
                          : 0;
}

std::optional<double> value_of(const Threshold& threshold, const load::Histogram& latency,
                               const load::LoadResult& result) {
  switch (threshold.what) {
    case Threshold::What::quantile: {
      const auto value_ns = latency.quantile_ns(threshold.q);
      return value_ns ? std::optional(static_cast<double>(*value_ns)) : std::nullopt;
    }
    case Threshold::What::max:
      return latency.count() > 0 ? std::optional(static_cast<double>(latency.max_ns()))
                                 : std::nullopt;
    case Threshold::What::rate:
      return result.window.count() > 0 ? static_cast<double>(result.requests) * 1e9 /
                                             static_cast<double>(result.window.count())
                                       : 0.;
    case Threshold::What::errors:
      return static_cast<double>(result.errors());
  }
  return std::nullopt;
}

std::string value_text(const Threshold& threshold, double value) {
  switch (threshold.what) {
    case Threshold::What::quantile:
    case Threshold::What::max:
      return text_of(Duration(static_cast<Duration::rep>(value)));
    case Threshold::What::rate:
      return fmt::format("{:.0f}/s", value);
    case Threshold::What::errors:
      return fmt::format("{:.0f}", value);
  }
  return "";
}

}  // namespace

Threshold parse_threshold(const std::string& word) {
  const std::string_view text = word;
  const std::size_t sign = text.find_first_of("<>");
  const std::string_view name = text.substr(0, sign);
  const std::string_view bound =
      sign == std::string_view::npos ? std::string_view() : text.substr(sign + 1);
  const bool below = sign != std::string_view::npos && text[sign] == '<';
  using What = Threshold::What;
  if (below && quantile_of(name) > 0) {
    return {word, What::quantile, quantile_of(name),
            static_cast<double>(parse_duration(bound).count())};
  }
  if (below && name == "max") {
    return {word, What::max, 0, static_cast<double>(parse_duration(bound).count())};
  }
  if (below && name == "errors") return {word, What::errors, 0, number_of(bound)};
  if (!below && name == "rate" && !bound.empty()) return {word, What::rate, 0, number_of(bound)};
  throw std::invalid_argument(fmt::format(
      "'{}' is not a threshold; write p99<5ms (or p50, p90, p999, max), rate>1000 or errors<1",
      word));
}

std::vector<Judged> judge(const std::vector<Threshold>& thresholds, const load::Plan& plan,
                          const load::LoadResult& result) {
  const load::Histogram& latency = plan.open ? result.response : result.service;
  std::vector<Judged> all;
  for (const Threshold& threshold : thresholds) {
    Judged judged{threshold.text, value_of(threshold, latency, result), "too few samples"};
    if (judged.value) {
      judged.value_text = value_text(threshold, *judged.value);
      judged.met = threshold.what == Threshold::What::rate ? *judged.value > threshold.bound
                                                           : *judged.value < threshold.bound;
    }
    all.push_back(std::move(judged));
  }
  return all;
}

}  // namespace weir::cli
