#include "lab/diff.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "lab/format.hpp"
#include "lab/statistics.hpp"
#include "lab/summary.hpp"

namespace weir::lab {
namespace {

std::string row_text(const Row& row) {
  return fmt::format("{}, {} connection{}", row.contestant, row.connections,
                     row.connections == 1 ? "" : "s");
}

/// The cost of a row that did the whole job: one that served only some did another.
Figure cost_of(const Row& row) {
  if (row.verdict.limit == Limit::invalid) return Figure::missing(row.verdict.words);
  const double unserved = row.unserved.value_or(0);
  if (unserved > 0) {
    return Figure::missing(fmt::format("{:.0f} of {} unserved", unserved, row.connections));
  }
  return row.cpu_ns_per_request;
}

Figure to_reference(const Row& row) {
  if (row.cpu_to_reference.blocks == 0) return Figure::missing("no reference beside it");
  return std::exp(row.cpu_to_reference.log_ratio);
}

/// Whether a block of one run cost as much as one of the other.
bool overlap(const Row& before, const Row& after) {
  return before.cpu_low_ns.value_or(0) <= after.cpu_high_ns.value_or(0) &&
         after.cpu_low_ns.value_or(0) <= before.cpu_high_ns.value_or(0);
}

Change judged(const Difference& found, const Row& before, const Row& after, const Figure& floor) {
  if (!found.ratio.known()) return Change::unknown;
  if (!floor.known() || overlap(before, after)) return Change::cannot_tell;
  const double log_ratio = std::log(found.ratio.value_or(1));
  if (std::abs(log_ratio) <= std::log(floor.value_or(1))) return Change::cannot_tell;
  return log_ratio > 0 ? Change::worse : Change::better;
}

Figure floor_of(const Results& before, const Results& after) {
  for (const Results* run : {&before, &after}) {
    if (run->cpu_noise_floor <= 0) {
      return Figure::missing("the reference and its twin were not both measured in both runs");
    }
  }
  return before.cpu_noise_floor * after.cpu_noise_floor;
}

std::string changed_text(const Diff& diff, Change change) {
  std::vector<std::string> parts;
  for (const Difference& row : diff.rows) {
    if (row.change != change) continue;
    parts.push_back(fmt::format("{} at {} ({})", row.contestant, row.connections,
                                ratio_text(row.ratio.value_or(1))));
  }
  if (parts.empty()) return "";
  return fmt::format("{}: {}.", change == Change::worse ? "Dearer, beyond the noise" : "Cheaper",
                     fmt::join(parts, ", "));
}

std::string verdict_text(const Diff& diff) {
  if (!diff.noise_floor.known()) {
    return fmt::format("There is no noise floor ({}), so nothing can be told.",
                       diff.noise_floor.reason());
  }
  const std::string dearer = changed_text(diff, Change::worse);
  const std::string cheaper = changed_text(diff, Change::better);
  std::string text = dearer.empty() ? "Nothing has become dearer beyond the noise." : dearer;
  if (!cheaper.empty()) text += " " + cheaper;
  const std::size_t rest = diff.count(Change::cannot_tell);
  if (rest > 0) {
    text += fmt::format(
        " Of {} row{} no change can be told: closer than {} (the noise floors of both runs "
        "together), or some blocks cost as much as before.",
        rest, rest == 1 ? "" : "s", ratio_text(diff.noise_floor.value_or(1)));
  }
  return text;
}

std::vector<double> moves_of(const Diff& diff) {
  std::vector<double> moves;
  for (const Difference& row : diff.rows) {
    if (row.ratio.known()) moves.push_back(std::log(row.ratio.value_or(1)));
  }
  return moves;
}

}  // namespace

std::size_t Diff::count(Change change) const {
  return static_cast<std::size_t>(std::count_if(
      rows.begin(), rows.end(), [change](const Difference& row) { return row.change == change; }));
}

Diff diff(const Results& before, const Results& after) {
  if (before.protocol != after.protocol) {
    throw std::invalid_argument(
        fmt::format("one is of the service {}, the other of {}", before.protocol, after.protocol));
  }
  Diff result;
  result.noise_floor = floor_of(before, after);
  const bool same_reference = before.reference == after.reference;
  for (const Row& old : before.rows) {
    const Row* now = find_row(after, old.contestant, old.connections);
    if (now == nullptr) {
      result.only_before.push_back(row_text(old));
      continue;
    }
    Difference found{old.contestant, old.connections, cost_of(old), cost_of(*now), {}, {}, {}};
    found.ratio = found.after_ns / found.before_ns;
    found.reference_ratio = same_reference ? to_reference(*now) / to_reference(old)
                                           : Figure::missing("the references differ");
    found.change = judged(found, old, *now, result.noise_floor);
    result.rows.push_back(std::move(found));
  }
  for (const Row& now : after.rows) {
    if (find_row(before, now.contestant, now.connections) == nullptr) {
      result.only_after.push_back(row_text(now));
    }
  }
  if (result.rows.empty()) {
    throw std::invalid_argument("no contestant is in both at the same number of connections");
  }
  for (std::string sentence :
       {verdict_text(result), drift_text(moves_of(result), result.noise_floor.value_or(1)),
        machines_text(before.machine, after.machine),
        one_sided_text(result.only_before, "in the first"),
        one_sided_text(result.only_after, "in the second")}) {
    if (!sentence.empty()) result.sentences.push_back(std::move(sentence));
  }
  return result;
}

std::string drift_text(const std::vector<double>& log_ratios, double floor) {
  constexpr std::size_t rows_min = 3;
  if (log_ratios.size() < rows_min) return "";
  const auto [least, most] = std::minmax_element(log_ratios.begin(), log_ratios.end());
  const double middle = median(log_ratios);
  const bool one_way = *least > 0 || *most < 0;
  if (!one_way || std::abs(middle) < std::log(floor)) return "";
  return fmt::format(
      "All {} rows moved the same way, {} in the middle: a machine that runs at another speed "
      "looks like this. Against the reference of its own run, each moved as the column `to "
      "reference` says. Measure the older one again before believing it.",
      log_ratios.size(), ratio_text(std::exp(middle)));
}

std::string machines_text(const Machine& before, const Machine& after) {
  const auto text = [](const Machine& machine) {
    return fmt::format("{} with {} CPUs, {}, idle CPUs {}", machine.processor, machine.cpus,
                       machine.kernel, machine.cpus_sleep.empty() ? "awake" : "asleep");
  };
  if (text(before) == text(after)) return "";
  return fmt::format("The machines differ ({}; then {}), so the differences may be theirs.",
                     text(before), text(after));
}

std::string one_sided_text(const std::vector<std::string>& rows, const char* where) {
  if (rows.empty()) return "";
  return fmt::format("Only {}: {}.", where, fmt::join(rows, "; "));
}

std::string name(Change change) {
  switch (change) {
    case Change::worse:
      return "dearer";
    case Change::better:
      return "cheaper";
    case Change::cannot_tell:
      return "can't tell";
    case Change::unknown:
      return "n/a";
  }
  return "";
}

}  // namespace weir::lab
