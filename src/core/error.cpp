#include <cerrno>

#include <weir/error.hpp>

namespace weir {

StreamError::StreamError(int error, const char* doing)
    : std::system_error(error, std::system_category(), doing) {}

FailureKind StreamError::kind_of(int error) noexcept {
  switch (error) {
    case ECONNRESET:
    case EPIPE:
      return FailureKind::reset;
    case ETIMEDOUT:
      return FailureKind::timed_out;
    case ECANCELED:
      return FailureKind::forced;
    default:
      return FailureKind::other;
  }
}

}  // namespace weir
