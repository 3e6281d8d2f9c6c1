// weir prices: what the things that concurrency is made of cost here.
#include "cli/prices.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include <fmt/format.h>

#include "cli/experiments.hpp"
#include "cli/failure.hpp"
#include "cli/output.hpp"
#include "cli/suggest.hpp"
#include "cli/version.hpp"
#include "cli/wrap.hpp"
#include "lab/machine.hpp"
#include "prices/prices.hpp"

namespace weir::cli {
namespace {

constexpr std::size_t quick_rounds = 5;
constexpr std::chrono::milliseconds quick_slice{1};

std::string cpus_text(const std::vector<int>& cpus) {
  if (cpus.empty()) return "not pinned";
  if (cpus.size() == 1) return fmt::format("on CPU {}", cpus[0]);
  return fmt::format("on CPU {} (and {}, where there are two)", cpus[0], cpus[1]);
}

/// A line for each price: its median, the cheapest and the dearest round.
std::string table(const prices::PriceList& list) {
  const lab::Machine& machine = list.machine;
  std::string text =
      wrapped(fmt::format("{} ({} CPU{}{}, {}), {}, {}, {} rounds of {:.0f} ms", machine.processor,
                          machine.cpus, machine.cpus == 1 ? "" : "s",
                          machine.virtualisation.empty() ? "" : ", " + machine.virtualisation,
                          machine.kernel, cpus_text(list.cpus), lab::idle_text(machine),
                          list.rounds, list.slice_ms),
              "", 0);
  std::size_t width = 0;
  for (const prices::Price& price : list.prices) width = std::max(width, price.item.name.size());
  text += fmt::format("\n{:<{}}  {:>9}  {:>9}  {:>9}\n", "", width, "median", "least", "most");
  for (const prices::Price& price : list.prices) {
    text += fmt::format("{:<{}}  ", price.item.name, width);
    if (price.median_ns.known()) {
      text += fmt::format("{:>9}  {:>9}  {:>9}  {}\n", prices::price_text(price.median_ns),
                          prices::price_text(price.min_ns), prices::price_text(price.max_ns),
                          price.item.title);
    } else {
      text += fmt::format("n/a: {}\n", price.median_ns.reason());
    }
  }
  for (const std::string& sentence : list.conclusions) text += "\n" + wrapped(sentence, "", 0);
  return text;
}

prices::Progress price_progress(bool quiet) {
  if (quiet || !progress_wanted()) return [](std::size_t, std::size_t) {};
  return [](std::size_t round, std::size_t rounds) {
    fmt::print(stderr, "\r\x1b[K");
    if (round < rounds) fmt::print(stderr, "  round {} of {}", round + 1, rounds);
    std::fflush(stderr);
  };
}

/// Each has its slice in each round; to find out how often it fits takes about two more.
double about_s(std::size_t prices, const prices::Options& options) {
  const std::chrono::duration<double> slice = options.slice;
  return std::ceil(static_cast<double>(prices * (options.rounds + 2)) * slice.count());
}

std::string unknown(const std::string& name) {
  std::vector<std::string> known;
  for (const prices::Item& item : prices::items()) known.push_back(item.name);
  return fmt::format("there is no price '{}'{} (prices: {})", name, did_you_mean(name, known),
                     listed(known));
}

/// Throws Failure for a name that there isn't.
void check(const std::vector<std::string>& names) {
  const std::vector<prices::Item> items = prices::items();
  for (const std::string& name : names) {
    if (std::none_of(items.begin(), items.end(),
                     [&name](const prices::Item& item) { return item.name == name; })) {
      throw Failure(wrong_usage, unknown(name));
    }
  }
}

}  // namespace

int prices(const PricesOptions& options) {
  check(options.only);
  prices::Options measured{.only = options.only};
  if (options.quick) {
    measured.rounds = quick_rounds;
    measured.slice = quick_slice;
  }
  measured.idle_cpus = options.idle_cpus;
  measured.stop = &stop_on_signals();
  if (!options.quiet) {
    const std::size_t prices = options.only.empty() ? prices::items().size() : options.only.size();
    fmt::print(stderr,
               "weir: {} price{} in {} rounds, about {:.0f} s; Ctrl-C reports what there is\n",
               prices, prices == 1 ? "" : "s", measured.rounds, about_s(prices, measured));
  }
  prices::PriceList list = prices::measure(measured, price_progress(options.quiet));
  list.version = version_text();
  list.command = options.command;
  if (!options.json.empty()) write_output(options.json, prices::to_json(list));
  if (options.json != "-") write_output("-", table(list));
  return list.interrupted ? interrupted : done;
}

}  // namespace weir::cli
