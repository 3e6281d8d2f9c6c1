#include "work/request.hpp"

#include <set>
#include <stdexcept>

#include "amounts/amounts.hpp"

namespace weir::work {
namespace {

[[noreturn]] void refuse(std::string_view word, const std::string& why) {
  throw std::invalid_argument("'" + std::string(word) + "' " + why);
}

void take(Request& request, std::string_view word) {
  const std::size_t equals = word.find('=');
  const std::string_view key = word.substr(0, equals);
  const bool has_value = equals != std::string_view::npos;
  const std::string_view value = has_value ? word.substr(equals + 1) : "";
  if (key == "sleep" && has_value) {
    request.sleep = amounts::parse_time(word, value, wait_max);
  } else if (key == "block" && has_value) {
    request.block = amounts::parse_time(word, value, wait_max);
  } else if (key == "burn" && has_value) {
    request.burn = amounts::parse_time(word, value, burn_max);
  } else if (key == "reply" && has_value) {
    request.reply_bytes = amounts::parse_size(word, value, reply_bytes_max);
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
