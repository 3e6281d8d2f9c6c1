#include "framed/codec.hpp"

#include <cstring>

namespace weir::framed {
namespace {

/// Writes each byte of [from, end) plus one to `to`, which is `from` or lies before it. Both run
/// forward, so they may overlap; the compiler makes vectors of it where they don't.
char* increment(char* to, const char* from, const char* end) {
  const auto size = static_cast<std::size_t>(end - from);
  for (std::size_t i = 0; i < size; ++i) {
    to[i] = static_cast<char>(static_cast<unsigned char>(from[i]) + 1);
  }
  return to + size;
}

}  // namespace

Bytes Codec::transform(Bytes bytes) {
  char* answer = bytes.begin();
  char* next = bytes.begin();
  while (next != bytes.end()) {
    const auto left = static_cast<std::size_t>(bytes.end() - next);
    auto* delimiter = static_cast<char*>(std::memchr(next, in_message_ ? '$' : '^', left));
    char* end = delimiter != nullptr ? delimiter : bytes.end();
    if (in_message_) answer = increment(answer, next, end);
    if (delimiter == nullptr) break;
    in_message_ = !in_message_;
    next = delimiter + 1;
  }
  return bytes.first(static_cast<std::size_t>(answer - bytes.begin()));
}

}  // namespace weir::framed
