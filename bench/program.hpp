// What the benchmarks' command lines have in common.
#pragma once

#include <cstdint>
#include <string>

namespace weir::bench {

/// A benchmark, by the name that it speaks under.
struct Program {
  const char* name;

  /// Says why, on stderr, and ends with exit code 2.
  [[noreturn]] void refuse(const std::string& why) const;
  /// The value of an option, a whole number that is at least `least`; or refuses.
  std::uint64_t number(const char* option, const char* text, std::uint64_t least) const;
};

/// What is about to be done, on stderr: on a terminal in one line, again and again.
void say(const std::string& what);

}  // namespace weir::bench
