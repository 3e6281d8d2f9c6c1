#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "lines/lines.hpp"

namespace weir::lookup {

inline constexpr std::size_t key_bytes_max = 250;
/// The longest line that may ask: a key, `=` and a value.
inline constexpr std::size_t line_bytes_max = 4096;

/// What a line asks for: what the key has, or that it have `value` from now on.
struct Question {
  std::string key;
  std::optional<std::string> value;
};

/// Reads `KEY` or `KEY=VALUE`. Throws std::invalid_argument with what is wrong.
Question parse(const lines::Line& line);

}  // namespace weir::lookup
