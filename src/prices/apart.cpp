#include "prices/apart.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace weir::prices {
namespace {

constexpr std::uint64_t failed = std::uint64_t{1} << 60;  // in place of how long it took: 36 years

}  // namespace

Apart::Apart(const Prepare& prepare, const Place& place)
    : child_([this, &prepare, &place] { serve(prepare, place); }) {}

double Apart::run(std::uint64_t times) const {
  give(begun_, times);
  const std::uint64_t took_ns = take(ended_);
  if (took_ns == failed) throw std::runtime_error("it has failed in the process that measures it");
  return static_cast<double>(took_ns);
}

void Apart::serve(const Prepare& prepare, const Place& place) const {
  Run run;
  for (;;) {
    const std::uint64_t times = take(begun_);
    try {
      if (!run) run = prepare(place);
      give(ended_, static_cast<std::uint64_t>(std::max(1.0, run(times))));
    } catch (const std::exception&) {
      give(ended_, failed);
    }
  }
}

Apart::Prepare apart(Apart::Prepare prepare) {
  return [prepare = std::move(prepare)](const Place& place) -> Run {
    const auto process = std::make_shared<const Apart>(prepare, place);
    return [process](std::uint64_t times) { return process->run(times); };
  };
}

}  // namespace weir::prices
