#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace weir::http {

/// Bytes of a file, the first and the last among them.
struct ByteRange {
  std::uint64_t first;
  std::uint64_t last;

  std::uint64_t size() const { return last - first + 1; }
  bool operator==(const ByteRange&) const = default;
};

/// What a field Range asks for.
struct Ranges {
  enum class Kind : std::uint8_t {
    whole,         // as without it: it can't be understood, or asks for too many parts
    parts,         // those in `list`
    unsatisfiable  // none of them lies within the file
  };
  Kind kind = Kind::whole;
  std::vector<ByteRange> list = {};
};

inline constexpr std::size_t ranges_max = 16;

/// Reads the value of a field Range, for a file of `size` bytes. Those that lie beyond the end are left
/// out; those that overlap, or touch, become one, and then all are in the file's order. RFC 9110,
/// sections 14.1.2, 14.2 and 15.3.7.
Ranges read_ranges(std::string_view value, std::uint64_t size);

}  // namespace weir::http
