#include "core/statistics.hpp"

#include <fmt/format.h>

namespace weir {

void Statistics::add(const Statistics& other) {
  accepted += other.accepted;
  refused += other.refused;
  finished += other.finished;
  for (std::size_t i = 0; i < failed.size(); ++i) failed[i] += other.failed[i];
  forced_at_drain += other.forced_at_drain;
}

void Statistics::count_lost() {
  std::uint64_t ended = finished;
  for (const auto& each : failed) ended += each;
  if (accepted > ended) failed[static_cast<std::size_t>(FailureKind::other)] += accepted - ended;
}

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
