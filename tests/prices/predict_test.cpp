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
  add("exchange_crowd", 8000);
  add("exchange_alone", 15000);
  add("exchange_paced", 17000);
  add("exchange_paced_crowd", 21000);
  add("exchange_ring", 7000);
  add("exchange_threads", 13000);
  add("exchange_paced_threads", 23000);
  add("exchange_processes", 29000);
  add("newcomer_crowd", 40000);
  add("newcomer_in_turn", 46000);
  add("newcomer_threads", 120000);
  add("newcomer_processes", 2000000);
  add("op_pending", 5);
  add("fiber_switch", 6);
  add("thread_switch", 3500);
  add("page_fault", 1000);
  return list;
}

double cpu_of(const Workload& load, const std::string& model) {
  return predict(made_up(), load, model).cpu_ns_per_request.value_or(-1);
}

TEST(Predict, AddsUpWhatAModelDoesForARequest) {
  const Workload full{.connections = 64, .rate_rps = {}, .churn = false};
  EXPECT_DOUBLE_EQ(cpu_of(full, "thread"), 13000);
  EXPECT_DOUBLE_EQ(cpu_of(full, "pool"), 13000);
  EXPECT_DOUBLE_EQ(cpu_of(full, "fork"), 29000);
  EXPECT_DOUBLE_EQ(cpu_of(full, "epoll"), 8000 + 5);
  EXPECT_DOUBLE_EQ(cpu_of(full, "fiber"), 8000 + 2 * 6);
  EXPECT_DOUBLE_EQ(cpu_of(full, "uring"), 7000 + 5);
  EXPECT_DOUBLE_EQ(cpu_of(full, "iterative"), 15000);
  const Workload one{.connections = 1, .rate_rps = {}, .churn = false};
  EXPECT_DOUBLE_EQ(cpu_of(one, "thread"), 15000);
}

TEST(Predict, LetsTheCpuGoIdleAtAGentleRate) {
  const Workload gentle{.connections = 64, .rate_rps = 1000, .churn = false};
  EXPECT_DOUBLE_EQ(cpu_of(gentle, "iterative"), 17000);
  EXPECT_DOUBLE_EQ(cpu_of(gentle, "thread"), 23000);
  EXPECT_DOUBLE_EQ(cpu_of(gentle, "pool"), 23000);
  EXPECT_DOUBLE_EQ(cpu_of(gentle, "fork"), 21000 + (29000 - 8000));
  EXPECT_DOUBLE_EQ(cpu_of(gentle, "epoll"), 21000 + 5);
  EXPECT_DOUBLE_EQ(cpu_of(gentle, "uring"), 21000 - (8000 - 7000) + 5);
  const Workload one{.connections = 1, .rate_rps = 1000, .churn = false};
  EXPECT_DOUBLE_EQ(cpu_of(one, "thread"), 17000);
}

TEST(Predict, MakesAThreadOrProcessForAConnection) {
  const Workload churn{.connections = 16, .rate_rps = {}, .churn = true};
  EXPECT_DOUBLE_EQ(cpu_of(churn, "iterative"), 46000);
  EXPECT_DOUBLE_EQ(cpu_of(churn, "epoll"), 40000 + 2 * 5);
  EXPECT_DOUBLE_EQ(cpu_of(churn, "pool"), 40000 + 3 * (13000 - 8000) + 3500);
  EXPECT_DOUBLE_EQ(cpu_of(churn, "thread"), 120000);
  EXPECT_GT(cpu_of(churn, "fork"), 2000000);
  EXPECT_FALSE(predict(made_up(), churn, "epoll").user_bytes_per_connection.known());
}

TEST(Predict, SaysWhichPriceIsMissing) {
  PriceList list = made_up();
  std::erase_if(list.prices,
                [](const Price& price) { return price.item.name == "exchange_threads"; });
  const Prediction prediction = predict(list, {}, "thread");
  EXPECT_EQ(prediction.cpu_ns_per_request.reason(),
            "the list has no exchange_threads; measure it anew");
  EXPECT_TRUE(predict(list, {}, "epoll").cpu_ns_per_request.known());
  Price denied;
  denied.item.name = "exchange_threads";
  denied.median_ns = lab::Figure::missing("the kernel says no");
  list.prices.push_back(denied);
  EXPECT_EQ(predict(list, {}, "thread").cpu_ns_per_request.reason(),
            "exchange_threads was not measured: the kernel says no");
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
