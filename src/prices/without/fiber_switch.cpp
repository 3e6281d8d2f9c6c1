// A build without Boost.Context has no fibers.
#include "prices/probe.hpp"

namespace weir::prices {

Probe fiber_probe() {
  return {{"fiber_switch", "a switch to another fiber's stack",
           "two stacks of one thread switch to and fro (Boost.Context)", "MODELS.md"},
          [](const Place&) -> Run {
            throw std::runtime_error("weir was built without Boost.Context");
          }};
}

}  // namespace weir::prices
