#pragma once
// What differs between compilers and builds; the only place for macros.

#if defined(__SANITIZE_ADDRESS__)
#define WEIR_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WEIR_ADDRESS_SANITIZER 1
#endif
#endif
#ifndef WEIR_ADDRESS_SANITIZER
#define WEIR_ADDRESS_SANITIZER 0
#endif

namespace weir {

/// Built with AddressSanitizer, which has to see every allocation.
inline constexpr bool address_sanitizer = WEIR_ADDRESS_SANITIZER != 0;

#if defined(__clang__)
inline constexpr const char* compiler_name = "clang++ " __clang_version__;
#else
inline constexpr const char* compiler_name = "g++ " __VERSION__;
#endif

}  // namespace weir
