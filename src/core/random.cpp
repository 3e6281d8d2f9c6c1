#include "core/random.hpp"

#include <cerrno>
#include <sys/random.h>
#include <system_error>

namespace weir {

void Random::seed_by_kernel() {
  while (::getrandom(&state_, sizeof state_, 0) != static_cast<ssize_t>(sizeof state_)) {
    if (errno != EINTR) throw std::system_error(errno, std::system_category(), "getrandom");
  }
  seeded_ = true;
}

}  // namespace weir
