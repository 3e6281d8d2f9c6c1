#include <algorithm>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <weir/task.hpp>

namespace weir {
namespace {

/// Where suspended coroutines of these tests wait to be resumed.
Continuation* suspended = nullptr;

struct Suspend {
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> waiter) const noexcept {
    suspended = &waiter.promise();
  }
  void await_resume() const noexcept {}
};

struct Finished : Root {
  Finished() : Root([](Root& root) { static_cast<Finished&>(root).value = true; }) {}
  bool value = false;
};

/// Runs a task to its end, as an event loop would.
void run_to_end(const Task<>& task) {
  Finished finished;
  task.start(finished);
  while (!finished.value) resume(std::exchange(suspended, nullptr));
}

/// How deep the stack has been, as the addresses of a local variable tell.
struct StackDepth {
  std::uintptr_t lowest = UINTPTR_MAX;
  std::uintptr_t highest = 0;
  void look() {
    char here = 0;
    const auto address = reinterpret_cast<std::uintptr_t>(&here);
    lowest = std::min(lowest, address);
    highest = std::max(highest, address);
  }
  std::uintptr_t range() const { return highest - lowest; }
};

Task<> leaf(StackDepth& stack, std::uint64_t number) {
  stack.look();
  Suspend suspend;
  if (number % 7 == 0) co_await suspend;
  stack.look();
}

Task<> nested(StackDepth& stack, std::uint64_t number, int depth) {
  if (depth > 1) co_await nested(stack, number, depth - 1);
  if (depth == 1) co_await leaf(stack, number);
}

Task<> children(StackDepth& stack, std::uint64_t count, int depth) {
  for (std::uint64_t number = 0; number < count; ++number) co_await nested(stack, number, depth);
}

// Every seventh child suspends, so the parent is resumed by the loop as often as it goes on by
// itself.
TEST(Task, TenMillionAwaitedChildrenLeaveTheStackFlat) {
  StackDepth stack;
  run_to_end(children(stack, 5'000'000, 1));  // two awaits each: 10 million children
  EXPECT_LT(stack.range(), 64u * 1024);
}

TEST(Task, TenMillionAwaitedChildrenFiftyDeepLeaveTheStackFlat) {
  StackDepth stack;
  run_to_end(children(stack, 200'000, 49));
  EXPECT_LT(stack.range(), 256u * 1024);
  const auto after_many = stack.range();
  StackDepth few;
  run_to_end(children(few, 14, 49));
  EXPECT_LE(after_many, few.range() + 16u * 1024);  // as deep after ten million as after a few
}

Task<int> sum_to(int n) {
  if (n == 0) co_return 0;
  const int rest = co_await sum_to(n - 1);
  Suspend suspend;
  if (n % 2 == 0) co_await suspend;
  co_return rest + n;
}

TEST(Task, GivesAValueThroughChildrenThatSuspend) {
  int result = 0;
  const auto body = [](int& to) -> Task<> { to = co_await sum_to(100); };
  run_to_end(body(result));
  EXPECT_EQ(result, 5050);
}

Task<> fails_after_a_wait() {
  Suspend suspend;
  co_await suspend;
  throw std::runtime_error("late");
}

Task<> catches(std::string& what) {
  try {
    co_await fails_after_a_wait();
  } catch (const std::runtime_error& error) {
    what = error.what();
  }
}

TEST(Task, PassesAnExceptionToTheOneWhoAwaits) {
  std::string what;
  run_to_end(catches(what));
  EXPECT_EQ(what, "late");
}

TEST(Task, KeepsTheExceptionOfTheOutermost) {
  const Task<> task = fails_after_a_wait();
  run_to_end(task);
  EXPECT_TRUE(task.failure() != nullptr);
}

TEST(Frames, AreReusedAndMayBeFreedInAnyOrder) {
  std::vector<std::pair<void*, std::size_t>> frames;
  for (std::size_t size = 1; size <= 700; ++size) {
    frames.emplace_back(detail::allocate_frame(size), size);
    std::memset(frames.back().first, 0x5a, size);
  }
  std::reverse(frames.begin(), frames.end());
  for (const auto& [frame, size] : frames) detail::free_frame(frame, size);
  void* again = detail::allocate_frame(200);
  std::memset(again, 0, 200);
  detail::free_frame(again, 200);
}

}  // namespace
}  // namespace weir
