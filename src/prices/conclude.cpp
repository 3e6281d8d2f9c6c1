// What the list says about the quarrel of what a context switch costs.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "lab/format.hpp"
#include "lab/statistics.hpp"
#include "prices/prices.hpp"

namespace weir::prices {
namespace {

constexpr double claimed_ns = 5e6;  // "a context switch takes 5 ms"
constexpr double milliseconds_ns = 1e6;
constexpr double told_apart_min = 1.02;
constexpr std::uint64_t seed = 1;

/// The median of that name; 0 when there is none.
double median_of(const PriceList& list, std::string_view name) {
  const Price* price = find(list, name);
  return price == nullptr ? 0 : price->median_ns.value_or(0);
}

/// Two digits that mean something: 2,700.
std::string times_text(double times) {
  if (times < 10) return fmt::format("{:.1f}", times);
  const double unit = std::pow(10, std::floor(std::log10(times)) - 1);
  std::string digits = fmt::format("{:.0f}", std::round(times / unit) * unit);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

std::string thread_text(const PriceList& list) {
  const Price* thread = find(list, "thread_switch");
  if (thread == nullptr || !thread->median_ns.known()) return "";
  const double ns = thread->median_ns.value_or(1);
  std::string text = fmt::format(
      "Handing over to another thread takes {} here (between {} and {}, {} round{})",
      price_text(thread->median_ns), price_text(thread->min_ns), price_text(thread->max_ns),
      thread->rounds_ns.size(), thread->rounds_ns.size() == 1 ? "" : "s");
  const double calls_ns = median_of(list, "event_calls");
  if (calls_ns > 0 && calls_ns < ns) {
    text += fmt::format(", of which {} are the two system calls and {} the switch",
                        price_text(calls_ns), price_text(ns - calls_ns));
  }
  text += ". ";
  if (ns >= claimed_ns) {
    return text + "So the 5 ms that some say a context switch takes are not too many here.";
  }
  return text + fmt::format("The 5 ms that some say a context switch takes are {} times as much.",
                            times_text(claimed_ns / ns));
}

std::string process_text(const PriceList& list) {
  const Price* thread = find(list, "thread_switch");
  const Price* process = find(list, "process_switch");
  if (thread == nullptr || process == nullptr) return "";
  std::vector<double> log_ratios;
  const std::size_t rounds = std::min(thread->rounds_ns.size(), process->rounds_ns.size());
  for (std::size_t i = 0; i < rounds; ++i) {
    log_ratios.push_back(std::log(process->rounds_ns[i] / thread->rounds_ns[i]));
  }
  if (log_ratios.empty()) return "";
  const lab::Estimate found = lab::estimate(log_ratios, seed);
  const std::string figures = fmt::format(
      "Handing over to another process takes {}, {} of a thread's ({}: {} to {})",
      price_text(process->median_ns), lab::ratio_text(std::exp(found.log_ratio)),
      found.provisional ? "range" : "95 % interval", lab::ratio_text(std::exp(found.interval.low)),
      lab::ratio_text(std::exp(found.interval.high)));
  const bool apart = (found.interval.low > 0 || found.interval.high < 0) &&
                     std::abs(found.log_ratio) >= std::log(told_apart_min);
  return figures + (apart ? "." : ": the two can't be told apart here.");
}

std::string rounds_text(const PriceList& list) {
  std::size_t done = 0;
  for (const Price& price : list.prices) done = std::max(done, price.rounds_ns.size());
  if (done == list.rounds || done == 0) return "";
  return fmt::format("Only {} of {} rounds were made: {}.", done, list.rounds,
                     list.interrupted ? "it was interrupted" : "the machine was too busy for more");
}

std::string caches_text(const PriceList& list) {
  if (median_of(list, "thread_switch") <= 0) return "";
  return "These are direct costs. What the one that runs then has to fetch into the caches anew "
         "comes on top, and depends on what it does.";
}

std::string seam_text(const PriceList& list) {
  const double thread_ns = median_of(list, "thread_switch");
  std::string text;
  for (const auto& [name, what] : {std::pair{"op_pending", "a coroutine that waited is resumed"},
                                   std::pair{"fiber_switch", "a fiber's stack is switched to"}}) {
    const double ns = median_of(list, name);
    if (thread_ns <= 0 || ns <= 0) continue;
    text += fmt::format("{}{} in {}, {} times faster", text.empty() ? "Without the kernel " : "; ",
                        what, price_text(ns), times_text(thread_ns / ns));
  }
  return text.empty() ? "" : text + ".";
}

std::string lives_text(const PriceList& list) {
  const double thread_ns = median_of(list, "thread_switch");
  std::vector<std::string> parts;
  for (const auto& [name, what] :
       {std::pair{"thread_life", "a thread"}, std::pair{"process_life", "a process"},
        std::pair{"large_process_life", "a process from one with 256 MiB"}}) {
    const double ns = median_of(list, name);
    if (thread_ns <= 0 || ns <= 0) continue;
    parts.push_back(
        fmt::format("{} {} ({} switches)", what, price_text(ns), times_text(ns / thread_ns)));
  }
  if (parts.empty()) return "";
  std::string text =
      fmt::format("To make one and to wait for its end takes: {}.", fmt::join(parts, "; "));
  if (median_of(list, "large_process_life") >= milliseconds_ns) {
    text += " So milliseconds do go by here where processes are made, not where they are switched.";
  }
  return text;
}

}  // namespace

std::string price_text(const lab::Figure& figure_ns) {
  const double value = figure_ns.value_or(0);
  if (!figure_ns.known() || value >= 99.95) return lab::time_text(figure_ns);
  return fmt::format("{:.{}f} ns", value, value < 9.995 ? 2 : 1);
}

void conclude(PriceList& list) {
  list.conclusions.clear();
  for (const auto say :
       {thread_text, process_text, caches_text, seam_text, lives_text, rounds_text}) {
    std::string sentence = say(list);
    if (!sentence.empty()) list.conclusions.push_back(std::move(sentence));
  }
}

}  // namespace weir::prices
