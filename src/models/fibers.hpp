#pragma once
#include <boost/context/detail/fcontext.hpp>
#include <cassert>
#include <exception>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "core/compiler.hpp"
#include "core/guarded_stack.hpp"

namespace weir {

class Fibers;

/// A function that runs on a stack of its own and can leave it as it stands, to go on later: the
/// loop resumes it, it parks. Runs one job after the other, so its stack is used again.
///
/// What C++ keeps of the exceptions in flight it keeps for each thread, and a switch doesn't change
/// that. It doesn't have to: nobody can park while an exception is in flight. `co_await` is not
/// allowed in a handler, a destructor can't await, and what a destructor can start (`write_some`)
/// never parks.
class Fiber {
 public:
  Fiber(Fibers& owner, std::size_t stack_bytes) : owner_(owner), stack_(stack_bytes) {
    if (!stack_) return;
    inside_.bottom = stack_.bottom();
    inside_.size_bytes = stack_.size_bytes();
    inside_.context = boost::context::detail::make_fcontext(stack_.top(), stack_.size_bytes(), run);
    if constexpr (thread_sanitizer) inside_.known_as = __tsan_create_fiber(0);
  }
  ~Fiber() {
    if constexpr (thread_sanitizer) {
      if (stack_) __tsan_destroy_fiber(inside_.known_as);
    }
  }
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// There is memory for it.
  explicit operator bool() const { return static_cast<bool>(stack_); }
  const GuardedStack& stack() const { return stack_; }

  /// Called by the job: returns once the fiber is resumed.
  void park() {
    if constexpr (address_sanitizer || thread_sanitizer) {  // it takes fifty instructions
      assert(std::uncaught_exceptions() == 0 && std::current_exception() == nullptr);
    }
    go(inside_, outside_);
  }
  /// Goes on with it, which is parked, among the other fibers of its owner.
  void go_on();

  // --- for its owner

  void give(std::function<void()> job) { job_ = std::move(job); }
  bool is_idle() const { return job_ == nullptr; }

  /// Goes on with the job until it parks or ends.
  void resume() { go(outside_, inside_); }
  /// What the job that has ended has thrown, or null.
  std::exception_ptr take_failure() { return std::exchange(failure_, nullptr); }

 private:
  /// A stack that is left to be returned to, and what the sanitizers know of it.
  struct Side {
    boost::context::detail::fcontext_t context = nullptr;
    const void* bottom = nullptr;
    std::size_t size_bytes = 0;
    void* fake_stack = nullptr;  // ASan's
    void* known_as = nullptr;    // to TSan
  };

  // TSan is told here and not in a function of its own, which would end on another stack than the
  // one on which it began.
  void go(Side& from, Side& to) {
    if constexpr (address_sanitizer) {
      __sanitizer_start_switch_fiber(&from.fake_stack, to.bottom, to.size_bytes);
    }
    if constexpr (thread_sanitizer) {
      from.known_as = __tsan_get_current_fiber();
      __tsan_switch_to_fiber(to.known_as, 0);
    }
    to.context = boost::context::detail::jump_fcontext(to.context, this).fctx;
    if constexpr (address_sanitizer) {
      __sanitizer_finish_switch_fiber(from.fake_stack, &to.bottom, &to.size_bytes);
    }
  }

  /// The first function on the stack. It never returns: a fiber that is idle has nothing on its
  /// stack that would have to be ended, so the stack may go.
  static void run(boost::context::detail::transfer_t first) noexcept {
    Fiber& self = *static_cast<Fiber*>(first.data);
    self.outside_.context = first.fctx;
    if constexpr (address_sanitizer) {
      __sanitizer_finish_switch_fiber(nullptr, &self.outside_.bottom, &self.outside_.size_bytes);
    }
    for (;;) {
      try {
        self.job_();
      } catch (...) {  // must not leave this stack
        self.failure_ = std::current_exception();
      }
      self.job_ = nullptr;
      self.park();
    }
  }

  Fibers& owner_;
  GuardedStack stack_;
  Side inside_;
  Side outside_;
  std::function<void()> job_;
  std::exception_ptr failure_;
};

/// The fibers of one thread.
class Fibers {
 public:
  explicit Fibers(std::size_t stack_bytes) : stack_bytes_(stack_bytes), report_(stack_bytes) {}
  Fibers(const Fibers&) = delete;
  Fibers& operator=(const Fibers&) = delete;

  /// Runs `job` on a fiber until it first parks, or ends. False where there is no memory for its
  /// stack. A fiber that is parked is named by what it waits for, and nobody else has it.
  bool begin(std::function<void()> job) {
    std::unique_ptr<Fiber> fiber = take();
    if (fiber == nullptr) return false;
    fiber->give(std::move(job));
    resume(*fiber.release());
    return true;
  }

  /// Goes on with a fiber that is parked. One whose job has ended is kept for the next job: with
  /// its stack, whose pages the kernel need not give anew. Throws what the job has thrown.
  void resume(Fiber& fiber) {
    Fiber* const previous = std::exchange(running_, &fiber);
    report_.runs_on(&fiber.stack());
    fiber.resume();
    running_ = previous;
    report_.runs_on(previous != nullptr ? &previous->stack() : nullptr);
    if (!fiber.is_idle()) return;
    std::unique_ptr<Fiber> ended(&fiber);
    const std::exception_ptr failure = ended->take_failure();
    if (idle_.size() < idle_max) idle_.push_back(std::move(ended));
    if (failure) std::rethrow_exception(failure);
  }

  /// The one that runs.
  Fiber& running() const { return *running_; }

 private:
  static constexpr std::size_t idle_max = 256;

  std::unique_ptr<Fiber> take() {
    if (idle_.empty()) {
      auto fiber = std::make_unique<Fiber>(*this, stack_bytes_);
      return *fiber ? std::move(fiber) : nullptr;
    }
    std::unique_ptr<Fiber> fiber = std::move(idle_.back());
    idle_.pop_back();
    return fiber;
  }

  const std::size_t stack_bytes_;
  OverflowReport report_;
  std::vector<std::unique_ptr<Fiber>> idle_;
  Fiber* running_ = nullptr;
};

inline void Fiber::go_on() {
  owner_.resume(*this);
}

}  // namespace weir
