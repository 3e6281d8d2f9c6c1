// For servers that take no port 0, and don't say when they listen.
#pragma once

#include <cstdint>

#include "lab/process.hpp"

namespace weir::bench {

/// A port of 127.0.0.1 that is free just now. Throws std::runtime_error when there is none.
std::uint16_t free_port();

/// Waits until somebody accepts at `port`. Throws std::runtime_error with what `process` said, under
/// this name, when it ends before.
void wait_until_accepting(std::uint16_t port, lab::Process& process, const char* name);

}  // namespace weir::bench
