#include "bench/findings.hpp"

#include <fmt/format.h>

#include "lab/machine.hpp"

namespace weir::bench {

Finding cpu_of(const std::string& subject, const Lap& lap) {
  const lab::Figure us = median(lap.cpu_ns_per_request) / 1000;
  return {subject, lap.contestant, "CPU, us/request", us, 2, "", {}, {}};
}

Finding cpu_to(const std::string& subject, const Lap& lap, const Lap& to,
               std::optional<double> limit_max) {
  Finding finding = cpu_of(subject, lap);
  finding.what = "CPU to that of " + to.contestant;
  const Ratio found = ratio(lap.cpu_ns_per_request, to.cpu_ns_per_request);
  if (found.median.known()) {
    finding.beside =
        fmt::format("{:.3f}x ({:.3f} to {:.3f})", found.median.value_or(0), found.low, found.high);
  }
  finding.compared = found.median;
  finding.limit_max = limit_max;
  if (limit_max) finding.limit = fmt::format("at most {:.2f}x", *limit_max);
  return finding;
}

Finding calls_of(const std::string& subject, const Lap& lap) {
  const lab::Figure calls = median(lap.system_calls_per_request);
  return {subject, lap.contestant, "system calls/request", calls, 3, "", {}, {}};
}

std::string conditions(const Duel& duel, const DuelOptions& options) {
  const std::string slice =
      options.pipelined > 0 ? "a second" : fmt::format("{} ms", options.slice.count());
  std::string text = fmt::format("{} rounds of {} slices of {} each, seed {}; {}\n", options.rounds,
                                 options.slices, slice, options.seed,
                                 lab::placement_text(lab::describe_machine()));
  if (duel.disturbed_runs > 0) {
    text += fmt::format("{} of {} slices were disturbed by other programs\n", duel.disturbed_runs,
                        duel.runs);
  }
  return text;
}

}  // namespace weir::bench
