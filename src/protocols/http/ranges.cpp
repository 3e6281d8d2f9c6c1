#include "http/ranges.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "http/characters.hpp"

namespace weir::http {
namespace {

/// Digits, and nothing else. A number that is too large stands for the largest.
std::optional<std::uint64_t> read_number(std::string_view text) {
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  std::uint64_t number = UINT64_MAX;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

struct Read {
  bool right = false;                   // its syntax
  std::optional<ByteRange> range = {};  // none: it lies beyond the end
};

/// `-N`: the last N bytes.
Read read_suffix(std::string_view text, std::uint64_t size) {
  const std::optional<std::uint64_t> count = read_number(text);
  if (!count) return {};
  if (*count == 0 || size == 0) return {true};
  return {true, ByteRange{size - std::min(*count, size), size - 1}};
}

Read read_range(std::string_view text, std::uint64_t size) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return {};
  if (dash == 0) return read_suffix(text.substr(1), size);
  const std::optional<std::uint64_t> first = read_number(text.substr(0, dash));
  const std::string_view rest = text.substr(dash + 1);
  const std::optional<std::uint64_t> last = rest.empty() ? UINT64_MAX : read_number(rest);
  if (!first || !last || *last < *first) return {};
  if (*first >= size) return {true};
  return {true, ByteRange{*first, std::min(*last, size - 1)}};
}

bool meet(const ByteRange& a, const ByteRange& b) {
  return a.first <= b.last + 1 && b.first <= a.last + 1;
}

/// Those that overlap or touch become one.
void coalesce(std::vector<ByteRange>& list) {
  bool any = false;
  for (std::size_t i = 0; i < list.size(); ++i) {
    for (std::size_t j = i + 1; j < list.size(); ++j) any |= meet(list[i], list[j]);
  }
  if (!any) return;
  std::sort(list.begin(), list.end(),
            [](const ByteRange& a, const ByteRange& b) { return a.first < b.first; });
  std::vector<ByteRange> together;
  for (const ByteRange& each : list) {
    if (!together.empty() && meet(together.back(), each))
      together.back().last = std::max(together.back().last, each.last);
    else
      together.push_back(each);
  }
  list = std::move(together);
}

}  // namespace

Ranges read_ranges(std::string_view value, std::uint64_t size) {
  constexpr std::string_view unit = "bytes=";
  if (value.size() < unit.size() || !equals(value.substr(0, unit.size()), unit)) return {};
  value.remove_prefix(unit.size());
  Ranges ranges;
  std::size_t count = 0;
  while (!value.empty()) {
    const std::string_view member = take_member(value);
    if (member.empty()) continue;
    const Read read = read_range(member, size);
    if (!read.right || ++count > ranges_max) return {};
    if (read.range) ranges.list.push_back(*read.range);
  }
  if (count == 0) return {};
  ranges.kind = ranges.list.empty() ? Ranges::Kind::unsatisfiable : Ranges::Kind::parts;
  coalesce(ranges.list);
  return ranges;
}

}  // namespace weir::http
