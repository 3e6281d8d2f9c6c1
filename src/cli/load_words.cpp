#include "cli/load_words.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>

#include "cli/command_line.hpp"

namespace weir::cli {
namespace {

constexpr double rate_max_rps = 1e8;

/// A number above 0 up to the bound, or 0 for anything else.
double rate_of(std::string_view text) {
  double rate = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), rate);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && rate > 0 && rate <= rate_max_rps ? rate : 0;
}

}  // namespace

load::Rate parse_rate(const std::string& word) {
  const std::string_view text = word;
  const std::size_t dots = text.find("..");
  load::Rate rate;
  rate.from_rps = rate_of(text.substr(0, dots));
  rate.to_rps = dots == std::string_view::npos ? rate.from_rps : rate_of(text.substr(dots + 2));
  if (rate.from_rps == 0 || rate.to_rps == 0) {
    throw std::invalid_argument(
        fmt::format("'{}' is not a number of requests a second; write 5000, or 1000..20000", word));
  }
  return rate;
}

load::Arrivals parse_arrivals(const std::string& word) {
  using Kind = load::Arrivals::Kind;
  constexpr std::string_view burst = "burst:";
  constexpr std::uint64_t together_max = 1'000'000;
  if (word == "poisson") return {Kind::poisson};
  if (word == "uniform") return {Kind::uniform};
  if (word.starts_with(burst)) {
    const std::uint64_t together = Verb::parse_number(word.substr(burst.size()), 1, together_max);
    return {Kind::burst, static_cast<std::uint32_t>(together)};
  }
  throw std::invalid_argument(fmt::format("'{}' is not poisson, uniform or burst:N", word));
}

std::string text_of(const load::Arrivals& arrivals) {
  switch (arrivals.kind) {
    case load::Arrivals::Kind::poisson:
      return "poisson";
    case load::Arrivals::Kind::uniform:
      return "uniform";
    case load::Arrivals::Kind::burst:
      return fmt::format("burst:{}", arrivals.together);
    case load::Arrivals::Kind::trace:
      return "trace";
  }
  return "";
}

double parse_speed(const std::string& word) {
  double speed = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), speed);
  if (error != std::errc() || end != word.data() + word.size() ||
      !(speed >= 0.001 && speed <= 1e6)) {
    throw std::invalid_argument(
        fmt::format("'{}' is no speed; write 1, 10 or 0.5 (0.001 to 1000000)", word));
  }
  return speed;
}

load::Personas parse_personas(const std::string& word) {
  constexpr std::uint64_t clients_max = 100'000;
  load::Personas personas;
  std::string_view rest = word;
  while (!rest.empty()) {
    const std::string_view part = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    const std::string name(part.substr(0, part.find('=')));
    std::uint32_t* count = name == "slow-sender"   ? &personas.slow_senders
                           : name == "slow-reader" ? &personas.slow_readers
                           : name == "idle"        ? &personas.idle
                           : name == "aborter"     ? &personas.aborters
                           : name == "pipeliner"   ? &personas.pipeliners
                                                   : nullptr;
    if (count == nullptr || name.size() == part.size()) {
      throw std::invalid_argument(fmt::format(
          "'{}' is not a persona; write slow-sender=N, slow-reader=N, idle=N, aborter=N or "
          "pipeliner=N",
          part));
    }
    *count = static_cast<std::uint32_t>(
        Verb::parse_number(std::string(part.substr(name.size() + 1)), 1, clients_max));
  }
  return personas;
}

}  // namespace weir::cli
