#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "lines/lines.hpp"

namespace weir::prime {

/// The longest line that may ask: a number of 20 digits, and zeros before it.
inline constexpr std::size_t line_bytes_max = 64;

/// What a line asks.
struct Question {
  std::uint64_t number = 0;
  std::string_view error;  // the answer, where the line asks nothing; else empty
};

/// The number on the line, from 0 to 2^64 - 1: digits and nothing else.
Question parse(const lines::Line& line);

enum class Verdict { neither, prime, composite };

/// The answer, a line.
std::string_view text(Verdict verdict);

}  // namespace weir::prime
