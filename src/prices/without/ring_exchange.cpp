// A build without liburing has no ring.
#include "prices/probe.hpp"

namespace weir::prices {

Probe ring_probe() {
  return {
      {"exchange_ring", "the same, by an io_uring",
       "recv and send are requests to one ring; one call for all that are ready", "io_uring(7)"},
      [](const Place&) -> Run { throw std::runtime_error("weir was built without liburing"); }};
}

}  // namespace weir::prices
