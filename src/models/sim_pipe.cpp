#include "models/sim_pipe.hpp"

#include <algorithm>
#include <cstring>

namespace weir::sim {

void Pipe::put(const char* from, std::uint64_t count) {
  if (!bytes) bytes = std::make_unique_for_overwrite<char[]>(roomy_bytes);
  if (written == taken) start = written;  // empty: the front of the ring is warm
  if (boundary <= taken) boundary = written + count;
  const std::uint64_t at = (written - start) % roomy_bytes;
  const std::uint64_t first = std::min<std::uint64_t>(count, roomy_bytes - at);
  std::memcpy(bytes.get() + at, from, first);
  std::memcpy(bytes.get(), from + first, count - first);
  written += count;
}

void Pipe::take(char* to, std::uint64_t count) {
  const std::uint64_t at = (taken - start) % roomy_bytes;
  const std::uint64_t first = std::min<std::uint64_t>(count, roomy_bytes - at);
  std::memcpy(to, bytes.get() + at, first);
  std::memcpy(to + first, bytes.get(), count - first);
  taken += count;
}

}  // namespace weir::sim
