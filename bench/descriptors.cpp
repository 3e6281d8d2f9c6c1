#include "bench/descriptors.hpp"

#include <stdexcept>
#include <sys/resource.h>

#include <fmt/format.h>

namespace weir::bench {

void raise_descriptor_limit(std::size_t connections) {
  constexpr rlim_t spare_descriptors = 64;
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_cur >= connections + spare_descriptors) return;
  throw std::runtime_error(
      fmt::format("{} connections need {} descriptors and the limit is {}; "
                  "raise it (ulimit -Hn)",
                  connections, connections + spare_descriptors, files.rlim_cur));
}

}  // namespace weir::bench
