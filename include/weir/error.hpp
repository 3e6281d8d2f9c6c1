#pragma once
#include <system_error>

namespace weir {

/// Why a stream failed, as the statistics count it.
enum class FailureKind { reset, timed_out, forced, other };

/// The one type that a failing stream throws: a reset by the peer (ECONNRESET, EPIPE), a deadline
/// (ETIMEDOUT), a close forced at the end of a drain (ECANCELED), or what else the kernel reports.
/// The peer finishing is not a failure: it is an empty read.
class StreamError : public std::system_error {
 public:
  /// `error` is an errno value, `doing` the operation that failed ("read", "write", ...).
  StreamError(int error, const char* doing);
  FailureKind kind() const noexcept { return kind_of(code().value()); }

  /// The kind of an errno value.
  static FailureKind kind_of(int error) noexcept;
};

}  // namespace weir
