#include "cli/lists.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace weir::cli {

std::vector<std::string> parts_of(const std::string& word) {
  std::vector<std::string> parts{""};
  for (const char c : word) {
    if (c == ',')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  for (const std::string& part : parts) {
    if (part.empty()) {
      throw std::invalid_argument(fmt::format("'{}' is not a list; write a,b,c", word));
    }
    if (std::count(parts.begin(), parts.end(), part) > 1) {
      throw std::invalid_argument(fmt::format("'{}' is there twice; leave one out", part));
    }
  }
  return parts;
}

}  // namespace weir::cli
