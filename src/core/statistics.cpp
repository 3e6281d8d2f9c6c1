#include "core/statistics.hpp"

#include <fmt/format.h>

namespace weir {

std::string Statistics::text() const {
  const std::uint64_t total = accepted;
  std::string text =
      fmt::format("{} connection{}: {} finished", total, total == 1 ? "" : "s", finished.load());
  const auto add = [&text](std::uint64_t count, const char* what) {
    if (count > 0) text += fmt::format(", {} {}", count, what);
  };
  add(of(FailureKind::reset), "reset");
  add(of(FailureKind::timed_out), "timed out");
  add(of(FailureKind::forced), "cancelled");
  add(of(FailureKind::other), "failed");
  add(forced_at_drain, "forced to end");
  add(refused, "refused");
  return text;
}

}  // namespace weir
