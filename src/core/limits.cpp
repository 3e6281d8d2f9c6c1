#include "core/limits.hpp"

#include <algorithm>
#include <sys/resource.h>

namespace weir {

std::uint32_t Limits::default_connections_max() {
  constexpr rlim_t unlimited_max = 1'000'000;
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return 800;
  return static_cast<std::uint32_t>(
      std::max<rlim_t>(1, std::min(files.rlim_cur, unlimited_max) / 5 * 4));
}

}  // namespace weir
