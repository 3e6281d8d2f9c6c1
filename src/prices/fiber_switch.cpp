// What a switch between stacks takes, as the model `fiber` makes it.
#include "models/fibers.hpp"
#include "prices/probe.hpp"

namespace weir::prices {
namespace {

constexpr std::size_t stack_bytes = std::size_t{64} << 10;

/// A fiber that parks whenever it is resumed, until it is told to end.
class Parked {
 public:
  Parked() {
    const auto job = [this] {
      Fiber& self = fibers_.running();
      fiber_ = &self;
      while (!over_) self.park();
    };
    if (!fibers_.begin(job)) throw std::runtime_error("there is no memory for a fiber's stack");
  }
  ~Parked() {
    over_ = true;
    fibers_.resume(*fiber_);
  }
  Parked(const Parked&) = delete;
  Parked& operator=(const Parked&) = delete;

  /// There and back.
  void resume() { fiber_->resume(); }

 private:
  Fibers fibers_{stack_bytes};
  Fiber* fiber_ = nullptr;
  bool over_ = false;
};

Run switches(const Place&) {
  const auto parked = std::make_shared<Parked>();
  return [parked](std::uint64_t times) {
    const std::uint64_t rounds = times / 2 + 1;
    const double begin_ns = cpu_ns();
    for (std::uint64_t i = 0; i < rounds; ++i) parked->resume();
    const double took_ns = cpu_ns() - begin_ns;
    return took_ns * static_cast<double>(times) / (2 * static_cast<double>(rounds));
  };
}

}  // namespace

Probe fiber_probe() {
  return {{"fiber_switch", "a switch to another fiber's stack",
           "two stacks of one thread switch to and fro (Boost.Context)", "MODELS.md"},
          switches};
}

}  // namespace weir::prices
