#include "http/options.hpp"

#include <array>
#include <charconv>
#include <stdexcept>
#include <string>
#include <string_view>

#include "http/head.hpp"

namespace weir::http {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t size;
};

constexpr std::array size_units{Unit{"B", 1}, Unit{"KiB", 1024}, Unit{"MiB", 1024 * 1024},
                                Unit{"GiB", 1024 * 1024 * 1024}};
constexpr std::array time_units{Unit{"ms", 1'000'000}, Unit{"s", 1'000'000'000},
                                Unit{"m", 60'000'000'000}};
constexpr std::size_t head_bytes_max = 1024 * 1024;
constexpr std::size_t body_bytes_max = std::size_t{1024} * 1024 * 1024;
constexpr std::size_t streamed_bytes_max = 1024 * body_bytes_max;
constexpr Duration deadline_max = std::chrono::hours(1);

/// A whole number from 1 to `most`, and what is behind it.
std::uint64_t parse_number(const std::string& word, std::string_view& unit) {
  std::uint64_t number = 0;
  const char* const end = word.data() + word.size();
  const auto [behind, error] = std::from_chars(word.data(), end, number);
  unit = {behind, static_cast<std::size_t>(end - behind)};
  if (error != std::errc()) throw std::invalid_argument("'" + word + "' is no whole number");
  return number;
}

template <std::size_t Units>
std::uint64_t parse_amount(const std::string& word, const std::array<Unit, Units>& units,
                           std::uint64_t most, std::string_view example) {
  std::string_view name;
  const std::uint64_t number = parse_number(word, name);
  for (const Unit& unit : units) {
    if (unit.name != name) continue;
    if (number > 0 && number <= most / unit.size) return number * unit.size;
    throw std::invalid_argument("'" + word + "' is out of range");
  }
  throw std::invalid_argument("'" + word + "' needs a unit; write " + std::string(example));
}

std::uint64_t parse_count(const std::string& word, std::uint64_t most) {
  std::string_view rest;
  const std::uint64_t number = parse_number(word, rest);
  if (!rest.empty()) throw std::invalid_argument("'" + word + "' is no whole number");
  if (number > 0 && number <= most) return number;
  throw std::invalid_argument("'" + word + "' is not between 1 and " + std::to_string(most));
}

ServiceOption size_option(const char* name, const char* help, std::size_t& size, std::size_t most) {
  return {name, "SIZE", help, [&size, most](const std::string& word) {
            size = parse_amount(word, size_units, most, "16KiB, 1MiB or 512B");
          }};
}

ServiceOption time_option(const char* name, const char* help, Duration& time) {
  return {name, "TIME", help, [&time](const std::string& word) {
            const auto most = static_cast<std::uint64_t>(deadline_max.count());
            time = Duration(
                static_cast<Duration::rep>(parse_amount(word, time_units, most, "30s or 500ms")));
          }};
}

ServiceOption count_option(const char* name, const char* help, std::size_t& count,
                           std::size_t most) {
  return {name, "N", help,
          [&count, most](const std::string& word) { count = parse_count(word, most); }};
}

/// The option keeps the site alive, which what it sets is part of.
ServiceOption kept(ServiceOption option, const std::shared_ptr<Site>& site) {
  option.set = [site, set = option.set](const std::string& word) { set(word); };
  return option;
}

}  // namespace

std::vector<ServiceOption> options_for(const std::shared_ptr<Site>& site) {
  Limits& limits = site->options.limits;
  Deadlines& deadlines = site->options.deadlines;
  std::vector<ServiceOption> options{
      size_option("--request-line-max", "the longest request line (8KiB), else 414",
                  limits.request_line_bytes, head_bytes_max),
      size_option("--header-max", "all header fields together (16KiB), else 431",
                  limits.header_bytes, head_bytes_max),
      count_option("--header-fields-max", "how many there may be (100, at most 256), else 431",
                   limits.header_fields, header_fields_max),
      size_option("--body-max", "the largest body (1MiB), else 413", limits.body_bytes,
                  body_bytes_max),
      time_option("--header-deadline", "for a request's head (10s)", deadlines.header),
      time_option("--header-deadline-max", "the same, while it comes fast enough (30s)",
                  deadlines.header_max),
      time_option("--body-deadline", "for a body; longer, while it comes fast enough (20s)",
                  deadlines.body),
      count_option("--bytes-a-second-min", "what is fast enough (500)", deadlines.bytes_a_second,
                   1'000'000'000),
      time_option("--keep-alive", "how long a connection may be idle (60s)", deadlines.keep_alive)};
  if (site->router.takes_pieces()) {
    options.push_back(size_option("--streamed-body-max",
                                  "the largest body that is taken in pieces (1GiB), else 413",
                                  limits.streamed_bytes, streamed_bytes_max));
  }
  for (ServiceOption& option : options) option = kept(std::move(option), site);
  return options;
}

}  // namespace weir::http
