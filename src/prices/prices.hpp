// The price list of this machine: what the things that concurrency is made of cost, each by itself.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lab/awake.hpp"
#include "lab/figure.hpp"
#include "lab/results.hpp"

namespace weir::prices {

/// What a price is of.
struct Item {
  std::string name;    ///< "thread_switch": for `--only`, and in JSON
  std::string title;   ///< for a person
  std::string how;     ///< how it is measured, in one line
  std::string source;  ///< where the behaviour is described: a man page, or a document of weir's
};

/// What one of them costs. A median beside the cheapest and the dearest round is its spread.
struct Price {
  Item item;
  lab::Figure median_ns;
  lab::Figure min_ns;
  lab::Figure max_ns;
  std::uint64_t times = 0;        ///< how often it was done in a round
  std::vector<double> rounds_ns;  ///< of each round, in their order
};

struct PriceList {
  std::string version;
  std::string started;  ///< UTC, ISO 8601
  std::string command;  ///< repeats it
  double elapsed_s = 0;
  std::size_t rounds = 0;  ///< that were asked for
  double slice_ms = 0;     ///< how long a price is measured in a round
  bool interrupted = false;
  lab::Machine machine;
  std::vector<int> cpus;  ///< all is measured on the first; the second is the other one of a switch
  std::vector<Price> prices;
  std::vector<std::string> conclusions;  ///< in words
};

struct Options {
  std::vector<std::string> only;  ///< names; empty: all
  std::size_t rounds = 21;
  std::chrono::nanoseconds slice = std::chrono::milliseconds(12);
  /// On a busy machine no new round is begun after this time.
  std::chrono::nanoseconds longest = std::chrono::seconds(25);
  lab::IdleCpus idle_cpus = lab::IdleCpus::kept_awake;
  const std::atomic<bool>* stop = nullptr;  ///< when it becomes true: what there is by then
};

/// Returns what can be priced, in the order of the list.
std::vector<Item> items();

/// Told before each round, and once before the first, when all is prepared: `round` is 0 then.
using Progress = std::function<void(std::size_t round, std::size_t rounds)>;

/// Measures: in every round each price once, one behind the other, so that a machine that changes
/// its speed changes it for all of them. The calling thread is pinned to one CPU meanwhile, and no
/// other may run in this process. What the machine denies is a missing figure with its reason.
/// Throws std::invalid_argument for a name that is none of items().
PriceList measure(const Options& options, const Progress& progress);

/// Fills the median, the least and the most from Price::rounds_ns; no rounds: a missing figure.
void summarize(Price& price);

/// Fills PriceList::conclusions: what a context switch costs, whatever others say of it.
void conclude(PriceList& list);

/// Returns the price of that name, or nullptr.
const Price* find(const PriceList& list, std::string_view name);

/// Returns a price with its unit chosen to fit: "1.83 us", "7.25 ns"; "n/a" when it is missing.
std::string price_text(const lab::Figure& figure_ns);

/// Returns the list as JSON: schema weir.prices/1 (docs/PRICES.md).
std::string to_json(const PriceList& list);

/// Reads what to_json wrote. Throws std::runtime_error with one sentence when `text` is no JSON, or
/// something else.
PriceList from_json(std::string_view text);

}  // namespace weir::prices
