// A price that is measured in a process of its own.
#pragma once

#include <functional>

#include "core/descriptor.hpp"
#include "prices/child.hpp"
#include "prices/probe.hpp"

namespace weir::prices {

/// What is made once and does it so often, as Probe::prepare has it, in a process of its own: what it
/// needs makes no other price's forks dearer, and theirs make none of its pages anew.
class Apart {
 public:
  using Prepare = std::function<Run(const Place&)>;

  /// Throws std::system_error.
  Apart(const Prepare& prepare, const Place& place);

  /// Throws std::runtime_error with the reason when it has failed there.
  double run(std::uint64_t times) const;

 private:
  struct Pair {
    Descriptor ours;
    Descriptor theirs;
  };
  static Pair make_pair();
  Apart(Pair pair, const Prepare& prepare, const Place& place);

  Descriptor ours_;
  Child child_;
};

/// Returns a Probe::prepare whose runs are made apart.
Apart::Prepare apart(Apart::Prepare prepare);

}  // namespace weir::prices
