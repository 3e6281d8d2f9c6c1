#include "prices/gauge.hpp"

#include <cmath>

#include <fmt/format.h>

namespace weir::prices {
namespace {

/// Of what a request costs, whichever the model: system calls, a packet over loopback, a wake-up.
const std::vector<std::string>& gauged() {
  static const std::vector<std::string> names{"exchange_crowd", "exchange_alone", "exchange_paced"};
  return names;
}

}  // namespace

lab::Figure Gauge::dearer() const {
  for (const std::string& name : gauged()) {
    const Price* listed = find(list_, name);
    if (listed == nullptr) return lab::Figure::missing(fmt::format("the list has no {}", name));
    if (!listed->median_ns.known()) return listed->median_ns;
  }
  Options look;
  look.only = gauged();
  look.rounds = 5;
  look.slice = std::chrono::milliseconds(4);
  look.idle_cpus = idle_cpus_;
  look.stop = stop_;
  const PriceList now = measure(look, [](std::size_t, std::size_t) {});
  double log_sum = 0;
  for (const std::string& name : gauged()) {
    const lab::Figure ratio = find(now, name)->median_ns / find(list_, name)->median_ns;
    if (!ratio.known()) return ratio;
    log_sum += std::log(ratio.value_or(1));
  }
  return std::exp(log_sum / static_cast<double>(gauged().size()));
}

}  // namespace weir::prices
