#pragma once
// What differs between compilers and builds; the only place for macros.
#include <cstddef>

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

#if defined(__SANITIZE_THREAD__)
#define WEIR_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WEIR_THREAD_SANITIZER 1
#endif
#endif
#ifndef WEIR_THREAD_SANITIZER
#define WEIR_THREAD_SANITIZER 0
#endif

// The sanitizers' own functions, which only their builds call: the compiler's headers that declare
// them are not installed everywhere. sanitizer/common_interface_defs.h, asan_interface.h,
// tsan_interface.h
extern "C" {
void __sanitizer_start_switch_fiber(void** fake_stack, const void* bottom, std::size_t size_bytes);
void __sanitizer_finish_switch_fiber(void* fake_stack, const void** bottom,
                                     std::size_t* size_bytes);
void __asan_unpoison_memory_region(const volatile void* memory, std::size_t size_bytes);
void* __tsan_get_current_fiber();
void* __tsan_create_fiber(unsigned flags);
void __tsan_destroy_fiber(void* fiber);
void __tsan_switch_to_fiber(void* fiber, unsigned flags);
}

namespace weir {

/// Built with AddressSanitizer, which has to see every allocation.
inline constexpr bool address_sanitizer = WEIR_ADDRESS_SANITIZER != 0;
/// Built with ThreadSanitizer, which has to be told of every switch between stacks.
inline constexpr bool thread_sanitizer = WEIR_THREAD_SANITIZER != 0;

#if defined(__clang__)
inline constexpr const char* compiler_name = "clang++ " __clang_version__;
#else
inline constexpr const char* compiler_name = "g++ " __VERSION__;
#endif

}  // namespace weir
