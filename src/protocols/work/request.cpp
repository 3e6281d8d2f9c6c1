#include "work/request.hpp"

#include <array>
#include <charconv>
#include <set>
#include <stdexcept>

namespace weir::work {
namespace {

struct Unit {
  std::string_view name;
  double size;
};

constexpr std::array times{Unit{"ns", 1}, Unit{"us", 1e3}, Unit{"ms", 1e6}, Unit{"s", 1e9}};
constexpr std::array sizes{Unit{"B", 1}, Unit{"KiB", 1024}, Unit{"MiB", 1024 * 1024}};

[[noreturn]] void refuse(std::string_view word, const std::string& why) {
  throw std::invalid_argument("'" + std::string(word) + "' " + why);
}

/// The number before a unit, in units of size 1, from 0 to `most`.
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
  refuse(word, "needs a number and a unit");
}

Duration parse_time(std::string_view word, std::string_view value, Duration most) {
  const double ns = parse_amount(word, value, times, static_cast<double>(most.count()));
  return Duration(static_cast<Duration::rep>(ns));
}

void take(Request& request, std::string_view word) {
  const std::size_t equals = word.find('=');
  const std::string_view key = word.substr(0, equals);
  const bool has_value = equals != std::string_view::npos;
  const std::string_view value = has_value ? word.substr(equals + 1) : "";
  if (key == "sleep" && has_value) {
    request.sleep = parse_time(word, value, wait_max);
  } else if (key == "block" && has_value) {
    request.block = parse_time(word, value, wait_max);
  } else if (key == "burn" && has_value) {
    request.burn = parse_time(word, value, burn_max);
  } else if (key == "reply" && has_value) {
    const double bytes = parse_amount(word, value, sizes, static_cast<double>(reply_bytes_max));
    request.reply_bytes = static_cast<std::size_t>(bytes);
    if (request.reply_bytes == 0) refuse(word, "leaves no room for the end of the line");
  } else if (word == "here") {
    request.where = Where::here;
  } else if (word == "crash") {
    request.crash = true;
  } else {
    refuse(word, "is none of sleep=, block=, burn=, reply=, here, crash");
  }
}

}  // namespace

Request parse(std::string_view line) {
  Request request;
  std::set<std::string_view> seen;
  while (!line.empty()) {
    const std::size_t space = line.find(' ');
    const std::string_view word = line.substr(0, space);
    line = space == std::string_view::npos ? "" : line.substr(space + 1);
    if (word.empty()) continue;
    if (!seen.insert(word.substr(0, word.find('='))).second) refuse(word, "is there twice");
    take(request, word);
  }
  return request;
}

}  // namespace weir::work
