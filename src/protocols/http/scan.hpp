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
/// How many of the sixteen lowest bits are set, from the lowest on.
inline int ones(unsigned mask) {
  return __builtin_ctz(~mask);  // the bits above are never set in a mask
}
#endif

/// The same for the characters of a field's name; letters and dashes, sixteen at a time.
inline const char* skip_token(const char* at, const char* end) {
#if defined(__SSE2__)
  while (end - at >= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i low = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
    const __m128i letter = _mm_and_si128(_mm_cmpgt_epi8(low, _mm_set1_epi8('a' - 1)),
                                         _mm_cmplt_epi8(low, _mm_set1_epi8('z' + 1)));
    const __m128i usual = _mm_or_si128(letter, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('-')));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(usual));
    at += ones(mask);
    if (mask != 0xFFFF) break;
  }
#endif
  return skip(token_character, at, end);
}

/// The same for the characters of a field's value; sixteen at a time.
inline const char* skip_value(const char* at, const char* end) {
#if defined(__SSE2__)
  while (end - at >= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    // As unsigned numbers, those that are at least a space are their own maximum with it.
    const __m128i high = _mm_cmpeq_epi8(_mm_max_epu8(bytes, _mm_set1_epi8(0x20)), bytes);
    const __m128i deleted = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7F));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(_mm_andnot_si128(deleted, high)));
    at += ones(mask);
    if (mask != 0xFFFF) {
      if (*at != '\t') return at;
      ++at;
    }
  }
#endif
  return skip(value_character, at, end);
}

}  // namespace weir::http
