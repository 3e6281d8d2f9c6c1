// How fast the machine is now, beside when its price list was made.
#pragma once

#include <atomic>

#include "prices/prices.hpp"

namespace weir::prices {

/// Keeps a reference to the list.
class Gauge {
 public:
  Gauge(const PriceList& list, lab::IdleCpus idle_cpus, const std::atomic<bool>* stop = nullptr)
      : list_(list), idle_cpus_(idle_cpus), stop_(stop) {}

  /// Takes three of the list's prices again (a look of some 0.2 s) and returns how many times dearer
  /// they are now, as a geometric mean; a missing figure where they can't be had, or couldn't then.
  /// Whoever holds something that was measured just now against the list divides it by that. Throws
  /// nothing.
  lab::Figure dearer() const;

 private:
  const PriceList& list_;
  lab::IdleCpus idle_cpus_;
  const std::atomic<bool>* stop_;
};

}  // namespace weir::prices
