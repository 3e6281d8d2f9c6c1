#pragma once
#include <cassert>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <utility>

namespace weir {

/// A coroutine that waits, and who goes on after it. `Root` (below) ends the chain.
struct Continuation {
  std::coroutine_handle<> coroutine;  // null in a Root
  Continuation* parent = nullptr;
};

/// The end of a chain of tasks: told when the outermost one has finished.
struct Root : Continuation {
  explicit Root(void (*when_finished)(Root&)) : finished(when_finished) {}
  void (*finished)(Root&);
};

/// Goes on with a coroutine whose operation completed, and with those that awaited it as each one
/// finishes. A loop and not a recursion: the stack is as flat after a million awaited children as
/// after one. (Symmetric transfer would do, had GCC 12 made it a tail call below -O2.)
inline void resume(Continuation* waiter) {
  while (waiter->coroutine) {
    waiter->coroutine.resume();
    if (!waiter->coroutine.done()) return;
    waiter = waiter->parent;
  }
  Root& root = static_cast<Root&>(*waiter);
  root.finished(root);
}

namespace detail {

/// A coroutine frame of `size_bytes`, from this thread's free list when it is small.
/// Throws std::bad_alloc.
void* allocate_frame(std::size_t size_bytes);
void free_frame(void* frame, std::size_t size_bytes) noexcept;

struct Promise : Continuation {
  std::exception_ptr failure;

  std::suspend_always initial_suspend() noexcept { return {}; }
  std::suspend_always final_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { failure = std::current_exception(); }

  static void* operator new(std::size_t size_bytes) { return allocate_frame(size_bytes); }
  static void operator delete(void* frame, std::size_t size_bytes) noexcept {
    free_frame(frame, size_bytes);
  }
};

template <class T>
struct ValuePromise : Promise {
  std::optional<T> value;
  template <class U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  T take() {
    if (failure) std::rethrow_exception(failure);
    return std::move(*value);
  }
};

template <>
struct ValuePromise<void> : Promise {
  void return_void() noexcept {}
  void take() {
    if (failure) std::rethrow_exception(failure);
  }
};

}  // namespace detail

/// A coroutine that gives a T, lazily: it runs when it is awaited, once.
///
/// Awaiting runs the child inside `await_ready`, as a call; only a child that had to wait suspends
/// its parent. So in a blocking model, where nothing suspends, a task is a function call.
///
/// What it throws, the `co_await` of it throws. A task must not be destroyed while an operation of
/// it is in flight: sessions end by returning or throwing.
template <class T = void>
class [[nodiscard]] Task {
 public:
  struct promise_type : detail::ValuePromise<T> {
    Task get_return_object() noexcept {
      auto self = std::coroutine_handle<promise_type>::from_promise(*this);
      this->coroutine = self;
      return Task(self);
    }
  };

  Task() = default;
  Task(Task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, {})) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(coroutine_, other.coroutine_);
    return *this;
  }
  ~Task() {
    if (coroutine_) coroutine_.destroy();
  }

  bool await_ready() const {
    assert(!coroutine_.done() && "a task is awaited once");
    coroutine_.resume();
    return coroutine_.done();
  }
  template <class Parent>
  void await_suspend(std::coroutine_handle<Parent> parent) const noexcept {
    coroutine_.promise().parent = &parent.promise();
  }
  T await_resume() const { return coroutine_.promise().take(); }

  /// Runs the task up to its first wait, or to its end, on behalf of `root`, which is told when it
  /// has finished, now or later.
  void start(Root& root) const {
    coroutine_.promise().parent = &root;
    resume(&coroutine_.promise());
  }
  /// What the finished task threw, or null.
  std::exception_ptr failure() const noexcept { return coroutine_.promise().failure; }

 private:
  explicit Task(std::coroutine_handle<promise_type> coroutine) noexcept : coroutine_(coroutine) {}
  std::coroutine_handle<promise_type> coroutine_;
};

}  // namespace weir
