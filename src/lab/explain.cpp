// The answer in words. Each sentence cites the figures that it rests on; none is said that the
// rows don't show.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "lab/format.hpp"
#include "lab/summary.hpp"

namespace weir::lab {
namespace {

std::string clients_text(std::size_t connections) {
  return connections == 1 ? "one client" : fmt::format("{} clients at once", connections);
}

std::string listed(const std::vector<std::string>& names) {
  if (names.size() < 2) return names.empty() ? "" : names.front();
  const std::vector<std::string> first(names.begin(), names.end() - 1);
  return fmt::format("{} and {}", fmt::join(first, ", "), names.back());
}

// The models at this load. What was written by hand is no answer, but a measure for them.
std::vector<const Row*> rows_at(const Results& results, std::size_t connections) {
  std::vector<const Row*> rows;
  for (const Row& row : results.rows) {
    if (row.connections == connections && !is_by_hand(row.contestant)) rows.push_back(&row);
  }
  return rows;
}

// Rows that no other one beats, the simplest contestant (listed first) in front. A letter is first
// among the models where a server by hand is cheaper than all of them.
std::vector<const Row*> best_of(const std::vector<const Row*>& rows) {
  char first = '~';
  for (const Row* row : rows) {
    for (const char letter : row->cpu_letters) first = std::min(first, letter);
  }
  std::vector<const Row*> best;
  for (const Row* row : rows) {
    if (row->cpu_letters.find(first) != std::string::npos) best.push_back(row);
  }
  return best;
}

// The counts by which two rows differ by more than a twentieth: they explain a difference in cost.
std::string counts_text(const Row& row, const Row& best) {
  const auto differs = [](const Figure& own, const Figure& other) {
    const double larger = std::max(own.value_or(0), other.value_or(0));
    return own.known() && other.known() &&
           std::abs(own.value_or(0) - other.value_or(0)) > larger / 20;
  };
  std::vector<std::string> own;
  std::vector<std::string> other;
  if (differs(switches_per_request(row), switches_per_request(best))) {
    own.push_back(count_text(switches_per_request(row)) + " context switches");
    other.push_back(count_text(switches_per_request(best)));
  }
  if (differs(row.system_calls_per_request, best.system_calls_per_request)) {
    own.push_back(count_text(row.system_calls_per_request) + " system calls");
    other.push_back(count_text(best.system_calls_per_request));
  }
  if (own.empty()) return "";
  return fmt::format(": it makes {} a request, {} {}", listed(own), best.contestant, listed(other));
}

double ratio_to(const Row& row, const Row& best) {
  return std::exp(row.cpu_to_reference.log_ratio - best.cpu_to_reference.log_ratio);
}

std::string dearer_text(const Row& row, const Row& best) {
  std::string text =
      fmt::format("{} takes {} as much ({} us)", row.contestant, ratio_text(ratio_to(row, best)),
                  microseconds_text(row.cpu_ns_per_request));
  text += counts_text(row, best);
  return text + ".";
}

// The dearer ones: why, for a few; of many only by how much, the cheapest first.
std::string dearer_text(std::vector<const Row*> rows, const Row& best) {
  constexpr std::size_t explained_max = 3;
  std::string text;
  if (rows.size() <= explained_max) {
    for (const Row* row : rows) text += " " + dearer_text(*row, best);
    return text;
  }
  std::sort(rows.begin(), rows.end(), [&](const Row* left, const Row* right) {
    return ratio_to(*left, best) < ratio_to(*right, best);
  });
  std::vector<std::string> parts;
  for (const Row* row : rows) {
    parts.push_back(fmt::format("{} {}", row->contestant, ratio_text(ratio_to(*row, best))));
  }
  return fmt::format(" The others cost, against {}: {}.", best.contestant, listed(parts));
}

std::string excluded_text(const Row& row) {
  if (row.verdict.limit == Limit::invalid) {
    return fmt::format("{} gave no figures: {}.", row.contestant, row.verdict.words);
  }
  const double unserved = row.unserved.value_or(0);
  return fmt::format("{} is no candidate there: {:.0f} of {} clients {} never served.",
                     row.contestant, unserved, row.connections, unserved == 1 ? "was" : "were");
}

std::string tie_text(const Results& results, const std::vector<const Row*>& best) {
  std::vector<std::string> names;
  for (const Row* row : best) names.push_back(row->contestant);
  return fmt::format(
      "With {}, {} are too close to tell here (closer than {}): about {} us of server CPU "
      "a request. Take {}, the simplest of them.",
      clients_text(best.front()->connections), listed(names), ratio_text(results.cpu_noise_floor),
      microseconds_text(best.front()->cpu_ns_per_request), best.front()->contestant);
}

std::string answer_at(const Results& results, std::size_t connections) {
  const auto rows = rows_at(results, connections);
  const auto best = best_of(rows);
  if (best.empty()) {
    return fmt::format(
        "With {} no model can be recommended: there are no figures to "
        "compare.",
        clients_text(connections));
  }
  std::string text = best.size() > 1
                         ? tie_text(results, best)
                         : fmt::format("With {}, take {}: {} us of server CPU a request.",
                                       clients_text(connections), best.front()->contestant,
                                       microseconds_text(best.front()->cpu_ns_per_request));
  std::vector<const Row*> dearer;
  std::string excluded;
  for (const Row* row : rows) {
    if (std::find(best.begin(), best.end(), row) != best.end()) continue;
    if (row->cpu_letters.empty())
      excluded += " " + excluded_text(*row);
    else
      dearer.push_back(row);
  }
  return text + dearer_text(dearer, *best.front()) + excluded;
}

// Each model against the same model by hand, where both were measured and ranked.
std::string by_hand_text(const Results& results, std::size_t connections) {
  std::vector<std::string> parts;
  for (const Row* row : rows_at(results, connections)) {
    const Row* twin = find_row(results, by_hand_name(row->contestant), connections);
    if (twin == nullptr || row->cpu_letters.empty() || twin->cpu_letters.empty()) continue;
    parts.push_back(row->contestant + " " + ratio_text(ratio_to(*row, *twin)));
  }
  if (parts.empty()) return "";
  return fmt::format(
      "What weir's models cost against the same ones written out by hand, with {}: {}.",
      clients_text(connections), listed(parts));
}

std::string noise_text(const Results& results) {
  if (results.cpu_noise_floor <= 0) {
    return "There is no noise floor: the reference and its A/A twin were not both measured, so "
           "nothing is ranked.";
  }
  std::string text = fmt::format(
      "This machine, at this time, can't tell apart costs closer than {}: by so much did {} differ "
      "from itself ({} A/A pairs).",
      ratio_text(results.cpu_noise_floor), results.reference, results.noise_pairs);
  if (results.blocks < interval_blocks_min) {
    text += fmt::format(
        " With {} block{} the differences are ranges and provisional; from {} "
        "blocks they are 95 % intervals.",
        results.blocks, results.blocks == 1 ? "" : "s", interval_blocks_min);
  }
  return text;
}

std::string limits_text(const Results& results) {
  const std::size_t generator = cells_limited_by(results, Limit::generator);
  const std::size_t server = cells_limited_by(results, Limit::server);
  const std::size_t machine = cells_limited_by(results, Limit::machine);
  const std::size_t invalid = cells_limited_by(results, Limit::invalid);
  std::string text = fmt::format(
      "Of {} runs, the server was the limit in {}, the load generator "
      "in {}",
      results.cells.size(), server, generator);
  const auto both = std::count_if(results.cells.begin(), results.cells.end(), [](const Cell& cell) {
    return cell.verdict.limit == Limit::generator && cell.verdict.server_full;
  });
  if (both > 0) text += fmt::format(" (in {} of these the server was full, too)", both);
  if (machine > 0) text += fmt::format(", a CPU that both shared in {}", machine);
  text += ".";
  if (generator > 0) {
    text +=
        " Where it was the generator, the server could have done more: such rates are lower "
        "bounds (>=) and are not ranked. The CPU a request costs is the figure to go by.";
  }
  if (invalid > 0) text += fmt::format(" {} gave no valid figures.", invalid);
  const auto noisy = std::count_if(results.cells.begin(), results.cells.end(),
                                   [](const Cell& cell) { return cell.verdict.noisy; });
  if (noisy > 0) {
    text +=
        fmt::format(" In {} runs other programs or the hypervisor took CPU time (noisy).", noisy);
  }
  return text;
}

std::string memory_text(const Results& results) {
  std::size_t most = 0;
  for (const Row& row : results.rows) most = std::max(most, row.connections);
  std::vector<std::string> parts;
  for (const Row* row : rows_at(results, most)) {
    if (!row->user_bytes_per_connection.known()) continue;
    if (row->unserved.value_or(0) > 0) continue;
    parts.push_back(fmt::format("{} {} and {} in the kernel", row->contestant,
                                bytes_text(row->user_bytes_per_connection),
                                bytes_text(row->kernel_bytes_per_connection)));
  }
  if (parts.empty()) return "";
  return fmt::format(
      "Memory each of {} connections adds: {} (stacks and page tables; the 4 to 5 "
      "KiB of a socket come on top, under any model).",
      most, fmt::join(parts, "; "));
}

std::string lanes_text(const Results& results) {
  std::vector<std::string> parts;
  for (const LaneSet& set : results.lanes) {
    if (set.failure.empty()) {
      parts.push_back(fmt::format("{} {:.0f} ms", set.contestant, set.elapsed_ms));
    }
  }
  if (parts.empty()) return "";
  return fmt::format("Who waits: three clients that came at once were all done after: {}.",
                     fmt::join(parts, ", "));
}

}  // namespace

void explain(Results& results) {
  results.explanations.clear();
  const std::size_t load = main_load(results);
  if (load == 0) {
    results.answer = "Nothing was measured, so there is no answer.";
    return;
  }
  results.answer = answer_at(results, load);
  const std::size_t least = results.rows.front().connections;
  if (least == 1 && load != 1) results.explanations.push_back(answer_at(results, least));
  if (std::string text = by_hand_text(results, load); !text.empty()) {
    results.explanations.push_back(std::move(text));
  }
  if (results.interrupted) {
    results.explanations.push_back(fmt::format("Interrupted: these are {} of {} runs.",
                                               results.cells.size(), results.cells_planned));
  }
  for (std::string text :
       {noise_text(results), limits_text(results), memory_text(results), lanes_text(results)}) {
    if (!text.empty()) results.explanations.push_back(std::move(text));
  }
}

}  // namespace weir::lab
