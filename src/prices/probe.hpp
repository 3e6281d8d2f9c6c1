// How one price is measured.
#pragma once

#include <cerrno>
#include <cstdint>
#include <ctime>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include "prices/prices.hpp"

namespace weir::prices {

/// The CPUs that there are to measure on.
struct Place {
  int cpu = -1;    ///< of the measuring thread; -1: the kernel did not say
  int other = -1;  ///< another one, -1: there is none
};

/// Does it so many times, and returns what that took, in ns of CPU time unless its item says
/// otherwise. Throws std::system_error.
using Run = std::function<double(std::uint64_t times)>;

struct Probe {
  Item item;
  /// Sets up what is needed, which lives as long as what is returned. Throws std::runtime_error
  /// with the reason why it can't be had.
  std::function<Run(const Place&)> prepare;
};

std::vector<Probe> call_probes();      ///< of the kernel's calls
std::vector<Probe> exchange_probes();  ///< of requests, whose clients are elsewhere
std::vector<Probe> carrier_probes();   ///< of the same, by threads and processes
Probe ring_probe();                    ///< of the same, by an io_uring
std::vector<Probe> switch_probes();    ///< between threads, and between processes
std::vector<Probe> life_probes();      ///< threads, processes and pages that come and go
std::vector<Probe> seam_probes();      ///< of weir's own ways to wait
Probe fiber_probe();

/// What this clock says. clock_gettime(2)
double clock_ns(clockid_t clock);

/// The CPU time that this process, its threads, and those of its children that were waited for have
/// used. On one CPU that is the time that passes, without what other programs took of it.
/// getrusage(2)
double cpu_ns();

/// Returns the run that calls `once` so often. It is a template, so that a call costs nothing.
template <class Once>
Run repeat(Once once) {
  return [once](std::uint64_t times) {
    const double begin_ns = cpu_ns();
    for (std::uint64_t i = 0; i < times; ++i) once();
    return cpu_ns() - begin_ns;
  };
}

/// Throws what errno says of `call`.
[[noreturn]] inline void refused(const char* call) {
  throw std::system_error(errno, std::generic_category(), call);
}

/// Returns `result` of a call; throws std::system_error when it is negative.
template <class Result>
Result checked(Result result, const char* call) {
  if (result < 0) refused(call);
  return result;
}

/// Lets the calling thread run on this CPU only. Throws std::system_error.
void pin_to(int cpu);

}  // namespace weir::prices
