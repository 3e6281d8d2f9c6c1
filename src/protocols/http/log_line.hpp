#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <time.h>

#include <weir/http.hpp>

namespace weir::http {

enum class LogFormat : std::uint8_t { combined, json };

/// The most that a line takes with its end: a pipe takes so much at once or not at all. pipe(7)
inline constexpr std::size_t log_line_bytes_max = 4096;

/// An answer, as the access log tells of it.
struct LogEntry {
  std::string_view client = {};      // its address
  const Request* request = nullptr;  // null: it was refused before it was understood ...
  std::string_view begin = {};       // ... and this is what came of it
  int status = 0;
  std::uint64_t bytes = 0;  // of the content
  timespec time{};
};

/// Where the number of bytes stands in a line.
struct BytesPlace {
  std::size_t at = 0;
  std::size_t size = 0;
};

/// Appends the line of the entry, with its newline. What a client sent can't end it, nor a field of it:
/// quotes, backslashes, control characters and bytes beyond ASCII are escaped, and what is very long is
/// cut and ends with `...`.
BytesPlace append_line(std::string& lines, LogFormat format, const LogEntry& entry);

/// Puts another number there; nothing is behind that line.
void put_bytes(std::string& lines, BytesPlace place, std::uint64_t bytes);

}  // namespace weir::http
