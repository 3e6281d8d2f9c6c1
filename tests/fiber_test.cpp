// What fibers do to sessions, and what they must not.
#include <memory>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>
#include <weir/weir.hpp>

#include "core/guarded_stack.hpp"
#include "core/work.hpp"
#include "models/models.hpp"

namespace weir {
namespace {

using std::chrono::milliseconds;

class AFiber : public testing::Test {
 protected:
  AFiber() : work_(stop_, Limits{}) {}

  void SetUp() override {
    try {
      model_ = make_fiber(fiber_stack_bytes_default);
    } catch (const Unavailable& why) {
      GTEST_SKIP() << why.what();
    }
  }

  Stop stop_;
  Work work_;
  std::unique_ptr<Model> model_;
};

/// Each level has an array of its own, and looks at it again when the innermost has waited.
Task<int> sum_of(Io& io, int levels) {
  if (levels == 0) {
    co_await io.sleep(milliseconds(1));
    co_return 0;
  }
  const int own = levels;
  const int below = co_await sum_of(io, levels - 1);
  co_return below + own;
}

Task<> adds(Io& io, int levels, int& sum) {
  sum = co_await sum_of(io, levels);
}

TEST_F(AFiber, HoldsASessionThatAwaitsTwoHundredDeepOnItsDefaultStack) {
  int sum = 0;
  work_.begin_with.push_back([&](Io& io) { return adds(io, 200, sum); });
  model_->serve(work_);
  EXPECT_EQ(sum, 200 * 201 / 2);
}

// More than are kept when they are idle; all of them parked at once, each at a depth of its own.
TEST_F(AFiber, KeepsItsStackWhileOthersRun) {
  constexpr std::size_t sessions = 400;
  std::vector<int> sums(sessions);
  for (std::size_t i = 0; i < sessions; ++i) {
    work_.begin_with.push_back(
        [&sums, i](Io& io) { return adds(io, static_cast<int>(i % 50), sums[i]); });
  }
  model_->serve(work_);
  for (std::size_t i = 0; i < sessions; ++i) {
    const int levels = static_cast<int>(i % 50);
    EXPECT_EQ(sums[i], levels * (levels + 1) / 2);
  }
  EXPECT_EQ(work_.statistics.finished, sessions);
}

/// Says goodbye however its scope ends, while an exception unwinds it, too.
struct Farewell {
  Stream& stream;
  ~Farewell() { stream.write_some("bye"); }
};

Task<> fails_politely(Io& io, Address address) {
  const Connected server = co_await io.connect(address);
  const Farewell farewell{*server.stream};
  co_await io.sleep(milliseconds(1));
  throw std::runtime_error("on purpose");
}

Task<> fails_and_goes_on(Io& io, int& caught) {
  for (int i = 0; i < 20; ++i) {
    bool failed = false;
    try {
      co_await io.sleep(milliseconds(1));
      throw i;
    } catch (int number) {
      failed = number == i;
    }
    co_await io.sleep(Duration(0));
    if (failed && std::uncaught_exceptions() == 0 && std::current_exception() == nullptr) ++caught;
  }
}

TEST_F(AFiber, ThatIsUnwoundDoesNotDisturbTheExceptionsOfOthers) {
  constexpr int clients = 10;
  Listener listener(Address::parse("127.0.0.1:0"), clients);
  std::string received;
  std::thread server([&] {
    for (int i = 0; i < clients;) {
      const Listener::Accepted accepted = listener.accept();
      if (accepted.outcome != Listener::Outcome::connection) continue;
      ++i;
      char bytes[8];
      for (ssize_t count; (count = ::recv(accepted.fd.get(), bytes, sizeof bytes, 0)) > 0;) {
        received.append(bytes, static_cast<std::size_t>(count));
      }
    }
  });
  std::vector<int> caught(clients);
  const Address address = listener.address();
  for (int& count : caught) {
    work_.begin_with.push_back([&](Io& io) { return fails_politely(io, address); });
    work_.begin_with.push_back([&count](Io& io) { return fails_and_goes_on(io, count); });
  }
  model_->serve(work_);
  server.join();
  EXPECT_EQ(caught, std::vector<int>(clients, 20));
  EXPECT_EQ(work_.statistics.of(FailureKind::other), static_cast<std::uint64_t>(clients));
  EXPECT_EQ(received.size(), 3u * clients);
}

TEST(GuardedStack, HasAGuardBelowItAndNothingElseIsOne) {
  const GuardedStack stack(100'000);
  ASSERT_TRUE(stack);
  EXPECT_EQ(stack.size_bytes(), 102'400u);  // whole pages
  EXPECT_EQ(stack.top() - stack.bottom(), 102'400);
  EXPECT_TRUE(stack.is_guard(stack.bottom() - 1));
  EXPECT_TRUE(stack.is_guard(stack.bottom() - GuardedStack::guard_bytes));
  EXPECT_FALSE(stack.is_guard(stack.bottom()));
  EXPECT_FALSE(stack.is_guard(stack.bottom() - GuardedStack::guard_bytes - 1));
  stack.bottom()[0] = 'x';  // all of it can be used
  stack.top()[-1] = 'x';
}

TEST(GuardedStack, IsFalseWhereThereIsNoMemoryForIt) {
  EXPECT_FALSE(GuardedStack(std::size_t{1} << 50));
}

}  // namespace
}  // namespace weir
