#pragma once
#include <weir/service.hpp>

namespace weir::prime {

/// How it is found out whether a number is prime.
enum class Way {
  miller_rabin,
  division,  // by trial division, which burns CPU
};

/// The server's side of one connection: answers each line's number with `prime`, `composite` or
/// `neither` (0 and 1), in the order of the lines, and what is no such number with `error: ` and
/// why. The protocol of Bendersky, "Concurrent Servers", part 4 (2017), in lines.
Task<> session(Stream& peer, Way way);

/// The service `prime`, on port 8070.
Service service();

}  // namespace weir::prime
