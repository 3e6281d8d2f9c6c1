#include "chat/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace weir::chat {
namespace {

constexpr std::string_view blanks = " \t";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool continues(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
}

/// The length of the character that `text` begins with, which is not empty; 0 when it is a control
/// character, or none at all. RFC 3629, section 4.
std::size_t size_of_harmless(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
  if (first < 0xc2 || first > 0xf4 || !continues(text, 1)) return 0;
  const auto second = static_cast<unsigned char>(text[1]);
  if (first < 0xe0) return first == 0xc2 && second < 0xa0 ? 0 : 2;  // U+0080 to U+009F: controls
  // Neither a longer way to write what is shorter, nor half of a pair, nor beyond U+10FFFF.
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second >= 0xa0)) return 0;
  if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second >= 0x90)) return 0;
  if (!continues(text, 2)) return 0;
  if (first < 0xf0) return 3;
  return continues(text, 3) ? 4 : 0;
}

}  // namespace

Request parse(std::string_view line) {
  using Kind = Request::Kind;
  if (!line.starts_with('/')) return {Kind::say, line};
  constexpr std::array<std::pair<std::string_view, Kind>, 5> words{{{"/name", Kind::name},
                                                                    {"/who", Kind::who},
                                                                    {"/ping", Kind::ping},
                                                                    {"/help", Kind::help},
                                                                    {"/quit", Kind::quit}}};
  const std::string_view word = line.substr(0, line.find_first_of(blanks));
  for (const auto& [known, kind] : words) {
    if (word == known) return {kind, trimmed(line.substr(word.size()))};
  }
  return {Kind::unknown, word};
}

std::string harmless(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::size_t size = size_of_harmless(text);
    if (size == 0)
      result += '?';
    else
      result += text.substr(0, size);
    text.remove_prefix(std::max<std::size_t>(1, size));
  }
  return result;
}

std::optional<std::string> fault_of_name(std::string_view name) {
  if (name.empty()) return "is missing: write /name NAME";
  const bool allowed = std::all_of(name.begin(), name.end(), [](char c) {
    return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.';
  });
  if (!allowed) return "has letters, digits, '-', '_' and '.', and nothing else";
  if (name.size() <= name_bytes_max) return std::nullopt;
  return "has at most " + std::to_string(name_bytes_max) + " characters";
}

std::string key_of_name(std::string_view name) {
  std::string key(name);
  for (char& c : key) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return key;
}

}  // namespace weir::chat
