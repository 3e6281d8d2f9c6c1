#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace weir::chat {

inline constexpr std::size_t line_bytes_max = 1024;
inline constexpr std::size_t name_bytes_max = 20;

/// What a line of a client's asks for.
struct Request {
  enum class Kind { say, name, who, ping, help, quit, unknown } kind;
  std::string_view text;  // say: the line; name, ping: what stands behind; unknown: the word
};

/// What `line` asks for: all that does not begin with a slash is said to the room.
Request parse(std::string_view line);

/// `text` as it may be shown on a terminal: what would move its cursor or change its colours is
/// replaced, byte by byte, by `?`: control characters (of ASCII, and those of U+0080 to U+009F),
/// and what is no UTF-8.
std::string harmless(std::string_view text);

/// Why `name` can't be a name, as a part of a sentence; nothing when it can.
std::optional<std::string> fault_of_name(std::string_view name);

/// Names that differ only in capitals are one: its key.
std::string key_of_name(std::string_view name);

}  // namespace weir::chat
