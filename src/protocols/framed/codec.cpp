#include "framed/codec.hpp"

#include <array>
#include <cstring>

namespace weir::framed {
namespace {

constexpr std::size_t block = 16;

/// Adds one to each of the 16 bytes at `from` and writes them to `to`: one vector.
void increment_block(char* to, const std::array<unsigned char, block>& from) {
  std::array<unsigned char, block> sum;
  for (std::size_t i = 0; i < block; ++i) sum[i] = static_cast<unsigned char>(from[i] + 1);
  std::memcpy(to, sum.data(), block);
}

std::array<unsigned char, block> load_block(const char* from) {
  std::array<unsigned char, block> bytes;
  std::memcpy(bytes.data(), from, block);
  return bytes;
}

/// Adds one to each byte in place. The last block overlaps the one before it, so it is read before
/// anything is changed; then no loop over single bytes is needed for the rest.
void increment(char* bytes, std::size_t size) {
  if (size < block) {
    for (std::size_t i = 0; i < size; ++i) {
      bytes[i] = static_cast<char>(static_cast<unsigned char>(bytes[i]) + 1);
    }
    return;
  }
  char* const last = bytes + size - block;
  const std::array<unsigned char, block> tail = load_block(last);
  for (char* at = bytes; at < last; at += block) increment_block(at, load_block(at));
  increment_block(last, tail);
}

char* find(char* begin, char* end, char delimiter) {
  return static_cast<char*>(std::memchr(begin, delimiter, static_cast<std::size_t>(end - begin)));
}

/// Most messages start where the one before has ended.
char* find_start(char* begin, char* end) {
  return *begin == '^' ? begin : find(begin, end, '^');
}

}  // namespace

Bytes Codec::transform(Bytes bytes) {
  char* first = bytes.begin();  // where the answer starts, and ends so far
  char* last = bytes.begin();
  char* next = bytes.begin();
  while (next != bytes.end()) {
    if (!in_message_) {
      next = find_start(next, bytes.end());
      if (next == nullptr) break;
      in_message_ = true;
      if (++next == bytes.end()) break;
    }
    char* const delimiter = find(next, bytes.end(), '$');
    char* const end = delimiter != nullptr ? delimiter : bytes.end();
    const auto size = static_cast<std::size_t>(end - next);
    // Changed where it stands; then moved behind the answer so far, if it is not there already.
    increment(next, size);
    if (last == first) first = last = next;
    if (last != next) std::memmove(last, next, size);
    last += size;
    if (delimiter == nullptr) break;
    in_message_ = false;
    next = delimiter + 1;
  }
  return {first, static_cast<std::size_t>(last - first)};
}

}  // namespace weir::framed
