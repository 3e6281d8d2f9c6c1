#include "prime/codec.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <system_error>

namespace weir::prime {
namespace {

constexpr std::string_view too_long =
    "error: the line is longer than 64 bytes; write a number of at most 20 digits\n";
constexpr std::string_view empty = "error: the line is empty; write a number, for example 97\n";
constexpr std::string_view no_number =
    "error: that is no whole number in digits; write one, for example 97\n";
constexpr std::string_view negative = "error: the number is negative; write one from 0 up\n";
constexpr std::string_view too_large =
    "error: the number is too large; write one up to 18446744073709551615\n";
static_assert(line_bytes_max == 64);

bool is_number(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

}  // namespace

Question parse(const lines::Line& line) {
  if (line.too_long) return {0, too_long};
  const std::string_view digits = line.text;
  if (digits.empty()) return {0, empty};
  if (digits.front() == '-' && is_number(digits.substr(1))) return {0, negative};
  if (!is_number(digits)) return {0, no_number};
  Question question;
  const std::errc error =
      std::from_chars(digits.data(), digits.data() + digits.size(), question.number).ec;
  if (error == std::errc::result_out_of_range) return {0, too_large};
  return question;
}

std::string_view text(Verdict verdict) {
  switch (verdict) {
    case Verdict::neither:
      return "neither\n";
    case Verdict::prime:
      return "prime\n";
    case Verdict::composite:
      return "composite\n";
  }
  assert(false && "no such verdict");
  return {};
}

}  // namespace weir::prime
