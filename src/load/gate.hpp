#pragma once
#include <coroutine>
#include <utility>
#include <vector>

#include <weir/task.hpp>

namespace weir::load {

/// Holds the sessions of one thread back until it is opened. They wait for each other, and for no
/// socket, so no op is in flight: whoever holds a gate has to open it before all can end.
class Gate {
 public:
  class Pass {
   public:
    explicit Pass(Gate& gate) : gate_(gate) {}

    bool await_ready() const { return gate_.open_; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> waiter) const {
      gate_.waiting_.push_back(&waiter.promise());
    }
    void await_resume() const noexcept {}

   private:
    Gate& gate_;
  };

  /// Awaited: returns once the gate is open.
  Pass pass() { return Pass(*this); }

  /// Those who wait go on, one after the other, each up to its next wait.
  void open() {
    open_ = true;
    for (Continuation* waiter : std::exchange(waiting_, {})) resume(waiter);
  }

 private:
  std::vector<Continuation*> waiting_;
  bool open_ = false;
};

}  // namespace weir::load
