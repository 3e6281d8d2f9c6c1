// A price that is measured in a process of its own.
#pragma once

#include <functional>

#include "prices/child.hpp"
#include "prices/event.hpp"

namespace weir::prices {

/// What is made once and does it so often, as Probe::prepare has it, in a process of its own: what it
/// needs makes no other price's forks dearer, and theirs make none of its pages anew.
class Apart {
 public:
  using Prepare = std::function<Run(const Place&)>;

  Apart(const Prepare& prepare, const Place& place);

  /// Throws std::runtime_error when it has failed there.
  double run(std::uint64_t times) const;

 private:
  void serve(const Prepare& prepare, const Place& place) const;

  Descriptor begun_ = make_event();
  Descriptor ended_ = make_event();
  Child child_;
};

/// Returns a Probe::prepare whose runs are made apart.
Apart::Prepare apart(Apart::Prepare prepare);

}  // namespace weir::prices
