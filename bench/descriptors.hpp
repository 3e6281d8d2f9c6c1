#pragma once

#include <cstddef>

namespace weir::bench {

/// Raises this process's limit of descriptors, which the servers that it starts inherit, as far as
/// it goes: one is needed here and one in the server for each connection. Throws std::runtime_error
/// when that isn't enough for `connections`. getrlimit(2), RLIMIT_NOFILE.
void raise_descriptor_limit(std::size_t connections);

}  // namespace weir::bench
