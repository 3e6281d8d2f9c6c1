#include "prime/primality.hpp"

#include <array>
#include <bit>

namespace weir::prime {
namespace {

constexpr std::array<std::uint64_t, 7> bases{2, 325, 9375, 28178, 450775, 9780504, 1795265022};

__extension__ using Wide = unsigned __int128;

std::uint64_t multiply(std::uint64_t a, std::uint64_t b, std::uint64_t modulus) {
  return static_cast<std::uint64_t>(static_cast<Wide>(a) * b % modulus);
}

std::uint64_t power(std::uint64_t base, std::uint64_t exponent, std::uint64_t modulus) {
  std::uint64_t result = 1;
  for (; exponent != 0; exponent >>= 1) {
    if (exponent & 1) result = multiply(result, base, modulus);
    base = multiply(base, base, modulus);
  }
  return result;
}

/// Whether `base` shows that the odd `number` is composite.
bool is_witness(std::uint64_t base, std::uint64_t number) {
  base %= number;
  if (base == 0) return false;  // it says nothing
  const int twos = std::countr_zero(number - 1);
  std::uint64_t x = power(base, (number - 1) >> twos, number);
  if (x == 1 || x == number - 1) return false;
  for (int i = 1; i < twos; ++i) {
    x = multiply(x, x, number);
    if (x == number - 1) return false;
  }
  return true;
}

}  // namespace

bool is_prime(std::uint64_t number) {
  if (number < 2 || number % 2 == 0) return number == 2;
  for (const std::uint64_t base : bases) {
    if (is_witness(base, number)) return false;
  }
  return true;
}

bool is_prime_by_division(std::uint64_t number) {
  if (number < 2 || number % 2 == 0) return number == 2;
  // Not until divisor * divisor > number, which would overflow; one instruction gives both quotient
  // and remainder.
  for (std::uint64_t divisor = 3; divisor <= number / divisor; divisor += 2) {
    if (number % divisor == 0) return false;
  }
  return true;
}

}  // namespace weir::prime
