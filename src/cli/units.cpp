#include "cli/units.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <span>
#include <stdexcept>

#include <fmt/format.h>

namespace weir::cli {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

constexpr std::array<Unit, 6> time_units{
    {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}}};
constexpr std::array<Unit, 4> byte_units{
    {{"B", 1}, {"KiB", 1024}, {"MiB", 1024. * 1024}, {"GiB", 1024. * 1024 * 1024}}};

double parse(std::string_view text, std::span<const Unit> units, std::string_view what,
             std::string_view example) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view name(end, static_cast<std::size_t>(text.data() + text.size() - end));
  for (const Unit& unit : units) {
    if (error == std::errc() && name == unit.name && std::isfinite(number) && number >= 0 &&
        number * unit.factor < 9e18) {
      return number * unit.factor;
    }
  }
  throw std::invalid_argument(fmt::format("'{}' is not {}; write {}", text, what, example));
}

}  // namespace

Duration parse_duration(std::string_view text) {
  return Duration(static_cast<Duration::rep>(
      parse(text, time_units, "a duration with its unit", "30s, 200ms or 1.5m")));
}

std::size_t parse_bytes(std::string_view text) {
  return static_cast<std::size_t>(
      parse(text, byte_units, "a size with its unit", "64KiB, 1MiB or 512B"));
}

std::string text_of(Duration duration) {
  const double ns = static_cast<double>(duration.count());
  const Unit* best = &time_units[0];
  for (const Unit& unit : std::span(time_units).first(4)) {
    if (ns >= unit.factor) best = &unit;
  }
  return fmt::format("{:.3g} {}", ns / best->factor, best->name);
}

}  // namespace weir::cli
