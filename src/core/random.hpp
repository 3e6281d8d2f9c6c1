#pragma once
#include <cstdint>

namespace weir {

/// SplitMix64, whose state is one number: Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators" (OOPSLA 2014).
class Random {
 public:
  /// Seeded by the kernel when it is first asked: getrandom(2).
  Random() = default;
  explicit Random(std::uint64_t seed) : state_(seed), seeded_(true) {}

  std::uint64_t next() {
    if (!seeded_) seed_by_kernel();
    state_ += 0x9E3779B97F4A7C15;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
    return mixed ^ (mixed >> 31);
  }

 private:
  void seed_by_kernel();

  std::uint64_t state_ = 0;
  bool seeded_ = false;
};

}  // namespace weir
