#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace weir::http {

/// What a character may be part of; one look-up says it.
enum CharacterClass : std::uint8_t {
  token_character = 1,    // of a method or a field's name: RFC 9110, section 5.6.2
  target_character = 2,   // of a request target: visible ASCII, and no fragment
  value_character = 4,    // of a field's value: all but control characters, and the tab
  host_character = 8,     // of a registered name: RFC 3986, section 3.2.2, without the comma
  address_character = 16  // of an IPv6 address in brackets
};

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_one_of(char c, std::string_view characters) {
  return characters.find(c) != std::string_view::npos;
}
constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t';
}
constexpr bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

namespace detail {

constexpr std::uint8_t classes_of(char c) {
  const auto byte = static_cast<unsigned char>(c);
  const bool alphanumeric = is_digit(c) || is_letter(c);
  const bool visible = byte > 0x20 && byte < 0x7F;
  std::uint8_t classes = 0;
  if (alphanumeric || (c != '\0' && is_one_of(c, "!#$%&'*+-.^_`|~"))) classes |= token_character;
  if (visible && c != '#') classes |= target_character;
  if ((byte >= 0x20 && byte != 0x7F) || c == '\t') classes |= value_character;
  if (alphanumeric || (c != '\0' && is_one_of(c, "-._~%!$&'()*+;="))) classes |= host_character;
  if (is_hex(c) || c == ':' || c == '.') classes |= address_character;
  return classes;
}

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = classes_of(static_cast<char>(i));
  return table;
}

inline constexpr std::array<std::uint8_t, 256> classes = make_classes();

}  // namespace detail

constexpr bool is(CharacterClass wanted, char c) {
  return (detail::classes[static_cast<unsigned char>(c)] & wanted) != 0;
}

/// The value of a hexadecimal digit.
constexpr std::uint64_t hex_value(char c) {
  return static_cast<std::uint64_t>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
}

/// Eight bytes as a number, and with the bit set in each that capitals lack.
inline std::uint64_t eight(const char* at) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, at, sizeof bytes);
  return bytes;
}
inline std::uint64_t eight_lower(const char* at) {
  return eight(at) | 0x2020202020202020;
}

/// Whether `text` is `lower_case` in whatever case. Neither has control characters: all but those are
/// told apart by the other bits when the one that capitals lack is set.
inline bool equals(std::string_view text, std::string_view lower_case) {
  const std::size_t size = lower_case.size();
  if (text.size() != size) return false;
  std::size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    if (eight_lower(text.data() + i) != eight(lower_case.data() + i)) return false;
  }
  if (size >= 8) {  // the last eight again, whatever is left of them
    return eight_lower(text.data() + size - 8) == eight(lower_case.data() + size - 8);
  }
  for (; i < size; ++i) {
    if ((text[i] | 0x20) != lower_case[i]) return false;
  }
  return true;
}

/// `text` without spaces and tabs around it.
constexpr std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Takes the next member of a list of values with commas between them off `list`; RFC 9110, section
/// 5.6.1. Members may be empty.
constexpr std::string_view take_member(std::string_view& list) {
  const std::size_t comma = list.find(',');
  const std::string_view member = trimmed(list.substr(0, comma));
  list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  return member;
}

constexpr bool is_token(std::string_view text) {
  for (const char c : text) {
    if (!is(token_character, c)) return false;
  }
  return !text.empty();
}

}  // namespace weir::http
