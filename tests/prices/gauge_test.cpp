// What prices are now, beside those of a list.
#include "prices/gauge.hpp"

#include <gtest/gtest.h>

namespace weir::prices {
namespace {

PriceList list_of_now() {
  Options options;
  options.only = {"exchange_crowd", "exchange_alone", "exchange_paced"};
  options.rounds = 5;
  options.slice = std::chrono::milliseconds(4);
  return measure(options, [](std::size_t, std::size_t) {});
}

/// A list in which all cost so many times what they do.
PriceList made(PriceList list, double times) {
  for (Price& price : list.prices) price.median_ns = times * price.median_ns.value_or(0);
  return list;
}

TEST(Gauge, SaysHowManyTimesDearerPricesAreThanTheListSays) {
  // Far beyond what a machine changes its speed by.
  const PriceList list = list_of_now();
  const PriceList slow = made(list, 100);
  const PriceList fast = made(list, 0.01);
  const lab::Figure against_slow = Gauge(slow, lab::IdleCpus::kept_awake).dearer();
  const lab::Figure against_fast = Gauge(fast, lab::IdleCpus::kept_awake).dearer();
  EXPECT_LT(against_slow.value_or(1), 0.1) << against_slow.reason();
  EXPECT_GT(against_slow.value_or(0), 0);
  EXPECT_GT(against_fast.value_or(1), 10) << against_fast.reason();
}

TEST(Gauge, SaysWhatTheListHasNot) {
  PriceList list = list_of_now();
  std::erase_if(list.prices,
                [](const Price& price) { return price.item.name == "exchange_paced"; });
  const Gauge gauge(list, lab::IdleCpus::kept_awake);
  EXPECT_EQ(gauge.dearer().reason(), "the list has no exchange_paced");
}

TEST(Gauge, SaysThatItWasStopped) {
  const PriceList list = list_of_now();
  const std::atomic<bool> stop = true;
  EXPECT_FALSE(Gauge(list, lab::IdleCpus::kept_awake, &stop).dearer().known());
}

}  // namespace
}  // namespace weir::prices
