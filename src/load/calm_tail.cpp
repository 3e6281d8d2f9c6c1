#include "load/calm_tail.hpp"

#include <algorithm>
#include <utility>

namespace weir::load {

void CalmTail::record(Time now, std::int64_t value_ns) {
  if (now_.count() == 0) begin_ = now;
  now_.record(value_ns);
  if (now_.count() >= samples_min && now - begin_ >= slice_min) close();
}

void CalmTail::close() {
  if (const auto p99_ns = last_.quantile_ns(0.99)) p99s_ns_.push_back(*p99_ns);
  std::swap(last_, now_);
  now_.clear();
}

void CalmTail::end() {
  if (last_.count() == 0) return;
  last_.merge(now_);
  now_.clear();
  close();
}

std::optional<std::int64_t> CalmTail::p99_ns() const {
  if (p99s_ns_.empty()) return std::nullopt;
  std::vector<std::int64_t> p99s_ns = p99s_ns_;
  const auto quarter = p99s_ns.begin() + static_cast<std::ptrdiff_t>((p99s_ns.size() - 1) / 4);
  std::nth_element(p99s_ns.begin(), quarter, p99s_ns.end());
  return *quarter;
}

}  // namespace weir::load
