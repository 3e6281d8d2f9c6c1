#include "http/encodings.hpp"

#include <algorithm>

#include "http/characters.hpp"

namespace weir::http {
namespace {

/// `q=0.5` in thousandths; a weight that isn't one counts as none at all.
int read_weight(std::string_view parameter) {
  const std::string_view text = trimmed(parameter);
  if (text.size() < 3 || text.size() > 7 || (text[0] | 0x20) != 'q' || text[1] != '=') return 0;
  const std::string_view digits = text.substr(2);
  if (digits[0] != '0' && digits[0] != '1') return 0;
  if (digits.size() > 1 && digits[1] != '.') return 0;
  int weight = (digits[0] - '0') * 1000;
  int unit = 100;
  for (const char c : digits.substr(std::min<std::size_t>(2, digits.size()))) {
    if (!is_digit(c)) return 0;
    weight += (c - '0') * unit;
    unit /= 10;
  }
  return std::min(weight, 1000);
}

}  // namespace

int quality_of(std::string_view accept_encoding, std::string_view coding) {
  int any = 0;
  while (!accept_encoding.empty()) {
    const std::string_view member = take_member(accept_encoding);
    const std::size_t semicolon = member.find(';');
    const std::string_view name = trimmed(member.substr(0, semicolon));
    const bool weighed = semicolon != std::string_view::npos;
    const int quality = weighed ? read_weight(member.substr(semicolon + 1)) : 1000;
    if (equals(name, coding)) return quality;
    if (name == "*") any = quality;
  }
  return any;
}

}  // namespace weir::http
