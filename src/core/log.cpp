#include "core/log.hpp"

#include <unistd.h>

#include <fmt/format.h>

namespace weir {

void Log::line(std::string_view text) const {
  if (level_ == Level::quiet) return;
  fmt::memory_buffer out;
  fmt::format_to(std::back_inserter(out), "weir: ");
  if (pid_ != 0) fmt::format_to(std::back_inserter(out), "process {}: ", pid_);
  for (const char byte : text) {
    const auto code = static_cast<unsigned char>(byte);
    if (code < 0x20 || code == 0x7f) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", code);
    } else {
      out.push_back(byte);
    }
  }
  out.push_back('\n');
  // A log that can't be written is no reason to stop serving.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, out.data(), out.size());
}

}  // namespace weir
