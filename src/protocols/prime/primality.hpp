#pragma once
#include <cstdint>

namespace weir::prime {

/// Whether `number` is prime, for certain: Miller-Rabin with the seven bases 2, 325, 9375, 28178,
/// 450775, 9780504 and 1795265022, which Jim Sinclair found (2011) to leave no pseudoprime below
/// 2^64; https://miller-rabin.appspot.com. Takes some microseconds at most.
bool is_prime(std::uint64_t number);

/// The same by dividing by 2 and by every odd number up to the root, as Bendersky's server does
/// ("Concurrent Servers", part 4, 2017): up to 2^31 divisions.
bool is_prime_by_division(std::uint64_t number);

}  // namespace weir::prime
