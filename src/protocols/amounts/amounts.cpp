#include "amounts/amounts.hpp"

#include <array>
#include <charconv>
#include <stdexcept>
#include <string>

namespace weir::amounts {
namespace {

struct Unit {
  std::string_view name;
  double size;
};

constexpr std::array times{Unit{"ns", 1}, Unit{"us", 1e3}, Unit{"ms", 1e6}, Unit{"s", 1e9}};
constexpr std::array sizes{Unit{"B", 1}, Unit{"KiB", 1024}, Unit{"MiB", 1024 * 1024}};
constexpr std::array bandwidths{Unit{"B/s", 1}, Unit{"KB/s", 1e3}, Unit{"MB/s", 1e6}};

[[noreturn]] void refuse(std::string_view word, const std::string& why) {
  throw std::invalid_argument("'" + std::string(word) + "' " + why);
}

/// `ns, us, ms, s`
template <std::size_t Units>
std::string names(const std::array<Unit, Units>& units) {
  std::string all;
  for (const Unit& each : units) all.append(all.empty() ? "" : ", ").append(each.name);
  return all;
}

/// The number before a unit, in units of size 1.
template <std::size_t Units>
double parse_amount(std::string_view word, std::string_view value,
                    const std::array<Unit, Units>& units, double most) {
  double number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(value.data() + value.size() - end));
  for (const Unit& each : units) {
    if (error != std::errc() || each.name != unit) continue;
    if (number * each.size >= 0 && number * each.size <= most) return number * each.size;
    refuse(word, "is out of range");
  }
  refuse(word, "needs a number and a unit (" + names(units) + ")");
}

}  // namespace

Duration parse_time(std::string_view word, std::string_view value, Duration most) {
  const double ns = parse_amount(word, value, times, static_cast<double>(most.count()));
  return Duration(static_cast<Duration::rep>(ns));
}

std::size_t parse_size(std::string_view word, std::string_view value, std::size_t most) {
  return static_cast<std::size_t>(parse_amount(word, value, sizes, static_cast<double>(most)));
}

std::size_t parse_bandwidth(std::string_view word, std::string_view value, std::size_t most) {
  return static_cast<std::size_t>(parse_amount(word, value, bandwidths, static_cast<double>(most)));
}

}  // namespace weir::amounts
