// What follows from prices alone.
#include "prices/predict.hpp"

#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

namespace weir::prices {
namespace {

PriceList made_up() {
  PriceList list;
  const auto add = [&list](const std::string& name, double ns) {
    Price price;
    price.item.name = name;
    price.median_ns = price.min_ns = price.max_ns = ns;
    list.prices.push_back(price);
  };
  add("null_call", 200);
  add("epoll_ready", 640);
  add("loopback_message", 5000);
  add("connection", 20000);
  add("op_pending", 5);
  add("fiber_switch", 6);
  add("event_calls", 500);
  add("thread_switch", 2500);
  add("process_switch", 3500);
  add("idle_sleep", 25000);
  add("page_fault", 1000);
  add("thread_life", 30000);
  add("process_life", 500000);
  return list;
}

double cpu_of(const Workload& load, const std::string& model) {
  return predict(made_up(), load, model).cpu_ns_per_request.value_or(-1);
}

TEST(Predict, AddsUpWhatAModelDoesForARequest) {
  const Workload full{.connections = 64, .rate_rps = {}, .churn = false};
  EXPECT_DOUBLE_EQ(cpu_of(full, "thread"), 5000 + 2000);
  EXPECT_DOUBLE_EQ(cpu_of(full, "fork"), 5000 + 3000);
  EXPECT_DOUBLE_EQ(cpu_of(full, "epoll"), 5000 + 5 + 640.0 / 32);
  EXPECT_DOUBLE_EQ(cpu_of(full, "uring"), 5000 - 400 + 200.0 / 32);
  EXPECT_DOUBLE_EQ(cpu_of(full, "iterative"), 5000 + 25000);
}

TEST(Predict, LetsTheCpuGoIdleAtAGentleRate) {
  const Workload gentle{.connections = 64, .rate_rps = 1000, .churn = false};
  EXPECT_DOUBLE_EQ(cpu_of(gentle, "thread"), 5000 + 25000);
  EXPECT_DOUBLE_EQ(cpu_of(gentle, "epoll"), 5000 + 25000 + 5 + 640);
}

TEST(Predict, MakesAThreadOrProcessForAConnection) {
  const Workload churn{.connections = 16, .rate_rps = {}, .churn = true};
  const double pool = cpu_of(churn, "pool");
  EXPECT_DOUBLE_EQ(pool, 5000 + 20000 + 2500 + 2000);
  EXPECT_DOUBLE_EQ(cpu_of(churn, "thread") - pool, 30000 + 3 * 1000);
  EXPECT_GT(cpu_of(churn, "fork"), 500000);
  EXPECT_FALSE(predict(made_up(), churn, "epoll").user_bytes_per_connection.known());
}

TEST(Predict, SaysWhichPriceIsMissing) {
  PriceList list = made_up();
  std::erase_if(list.prices, [](const Price& price) { return price.item.name == "thread_switch"; });
  const Prediction prediction = predict(list, {}, "thread");
  EXPECT_EQ(prediction.cpu_ns_per_request.reason(), "the list has no thread_switch");
  EXPECT_TRUE(predict(list, {}, "epoll").cpu_ns_per_request.known());
  EXPECT_THROW(predict(list, {}, "poll"), std::invalid_argument);
}

TEST(Predict, TellsByHowMuchItWasOff) {
  EXPECT_DOUBLE_EQ(relative_error(12.0, 10.0).value_or(0), 12.0 / 10 - 1);
  EXPECT_EQ(relative_error(12.0, lab::Figure::missing("why")).reason(), "why");
}

TEST(Predict, KnowsThatThreadsAndProcessesHoldMore) {
  const auto bytes = [](const std::string& model) {
    const Prediction made = predict(made_up(), {}, model);
    return made.user_bytes_per_connection.value_or(0) +
           made.kernel_bytes_per_connection.value_or(0);
  };
  EXPECT_LT(bytes("epoll"), bytes("thread"));
  EXPECT_LT(bytes("thread"), bytes("fork"));
}

}  // namespace
}  // namespace weir::prices
