#pragma once
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "http/characters.hpp"

namespace weir::http {

/// The first character from `at` on that is not of the class, or `end`.
inline const char* skip(CharacterClass wanted, const char* at, const char* end) {
  while (at != end && is(wanted, *at)) ++at;
  return at;
}

#if defined(__SSE2__)
using Block = __m128i;
constexpr std::ptrdiff_t block_bytes = 16;

inline Block load(const char* at) {
  return _mm_loadu_si128(reinterpret_cast<const Block*>(at));
}

/// Which of the bits is the first that is set.
inline unsigned first_of(unsigned bits) {
  return static_cast<unsigned>(__builtin_ctz(bits));
}

enum class Before { a_block, perhaps_less };

/// The first byte from `at` on of which `stops` has set the bit, of a block's sixteen, or `end`. What
/// is left at the end is seen to with the block that ends there, if there are as many bytes from
/// `begin` on; else it is left to the caller.
template <Before before, class Stops>
const char* scan([[maybe_unused]] const char* begin, const char* at, const char* end, Stops stops) {
  for (; end - at >= block_bytes; at += block_bytes) {
    const unsigned found = stops(load(at));
    if (found != 0) return at + first_of(found);
  }
  if constexpr (before == Before::perhaps_less) {
    if (end - begin < block_bytes) return at;
  }
  const unsigned found = stops(load(end - block_bytes)) >> (block_bytes - (end - at));
  return found != 0 ? at + first_of(found) : end;
}
#endif

// In what follows the bytes from `begin` on, up to `at`, are readable too.

/// `skip` for the characters of a field's name; letters and dashes, sixteen at a time.
inline const char* skip_token([[maybe_unused]] const char* begin, const char* at, const char* end) {
#if defined(__SSE2__)
  at = scan<Before::perhaps_less>(begin, at, end, [](Block bytes) {
    const Block low = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
    const Block letter = _mm_and_si128(_mm_cmpgt_epi8(low, _mm_set1_epi8('a' - 1)),
                                       _mm_cmpgt_epi8(_mm_set1_epi8('z' + 1), low));
    const Block usual = _mm_or_si128(letter, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('-')));
    return static_cast<unsigned>(_mm_movemask_epi8(usual)) ^ 0xFFFFU;
  });
  if (at != end && *at == ':') return at;  // which is nearly always so
#endif
  return skip(token_character, at, end);
}

/// The same for the characters of a request target.
inline const char* skip_target([[maybe_unused]] const char* begin, const char* at,
                               const char* end) {
#if defined(__SSE2__)
  at = scan<Before::perhaps_less>(begin, at, end, [](Block bytes) {
    const Block above = _mm_cmpgt_epi8(bytes, _mm_set1_epi8(0x20));  // as signed: and below 0x80
    const Block others = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('#')),
                                      _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7F)));
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_andnot_si128(others, above))) ^ 0xFFFFU;
  });
#endif
  return skip(target_character, at, end);
}

/// The same for the characters of a field's value. A tab is rare enough to go on from it byte by byte.
/// Before it are the request line and a name, which are sixteen bytes at least.
inline const char* skip_value([[maybe_unused]] const char* begin, const char* at, const char* end) {
#if defined(__SSE2__)
  at = scan<Before::a_block>(begin, at, end, [](Block bytes) {
    // As unsigned numbers, those that are at most 0x1F are their own minimum with it.
    const Block control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
    const Block deleted = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7F));
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(control, deleted)));
  });
  if (at != end && *at == '\r') return at;
#endif
  return skip(value_character, at, end);
}

}  // namespace weir::http
