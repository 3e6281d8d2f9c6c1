#include "bench/program.hpp"

#include <cstdio>
#include <cstdlib>
#include <unistd.h>

#include <fmt/format.h>

namespace weir::bench {

void Program::refuse(const std::string& why) const {
  fmt::print(stderr, "{}: {}; --help says what can be said\n", name, why);
  std::exit(2);
}

std::uint64_t Program::number(const char* option, const char* text, std::uint64_t least) const {
  char* end = nullptr;
  const unsigned long long value = std::strtoull(text, &end, 10);
  if (*text < '0' || *text > '9' || *end != '\0' || value < least) {
    refuse(fmt::format("{} takes a whole number from {} up, not '{}'", option, least, text));
  }
  return value;
}

void say(const std::string& what) {
  if (::isatty(STDERR_FILENO) != 0)
    fmt::print(stderr, "\r\033[K{}", what);
  else
    fmt::print(stderr, "{}\n", what);
}

}  // namespace weir::bench
