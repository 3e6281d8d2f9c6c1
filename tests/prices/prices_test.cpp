#include "prices/prices.hpp"

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "lab/json.hpp"
#include "support/soft_limit.hpp"

namespace weir::prices {
namespace {

Price price(const std::string& name, const std::vector<double>& rounds_ns) {
  Price made;
  made.item = {name, "what " + name + " is", "how", "source(2)"};
  made.times = 10;
  made.rounds_ns = rounds_ns;
  summarize(made);
  return made;
}

/// A machine as there are many. `process_ns`: of a process switch, in six rounds.
PriceList list(const std::vector<double>& process_ns) {
  PriceList made;
  made.version = "weir 0.1.0";
  made.started = "2026-01-02T03:04:05Z";
  made.command = "weir prices";
  made.elapsed_s = 6.5;
  made.rounds = 6;
  made.slice_ms = 12;
  made.machine.processor = "AMD EPYC";
  made.machine.cpus = 2;
  made.cpus = {0, 1};
  made.prices = {price("event_calls", {500, 500, 500, 500, 500, 500}),
                 price("thread_switch", {2000, 2010, 1990, 2000, 2040, 1980}),
                 price("process_switch", process_ns),
                 price("op_pending", {8, 8, 8, 8, 8, 8}),
                 price("thread_life", {20e3, 20e3, 20e3, 20e3, 20e3, 20e3}),
                 price("large_process_life", {7e6, 7e6, 7e6, 7e6, 7e6, 7e6})};
  conclude(made);
  return made;
}

std::string conclusions(const PriceList& made) {
  std::string text;
  for (const std::string& sentence : made.conclusions) text += sentence + "\n";
  return text;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Prices, AreTheMedianBesideTheLeastAndTheMost) {
  const Price three = price("p", {30, 10, 20});
  EXPECT_DOUBLE_EQ(three.median_ns.value_or(0), 20);
  EXPECT_DOUBLE_EQ(three.min_ns.value_or(0), 10);
  EXPECT_DOUBLE_EQ(three.max_ns.value_or(0), 30);
  EXPECT_EQ(price("p", {}).median_ns.reason(), "no round was finished");
}

TEST(Prices, ComeBackFromTheirFileAsTheyWere) {
  PriceList made = list({2200, 2210, 2190, 2200, 2240, 2180});
  made.prices.push_back({{"fiber_switch", "t", "h", "s"}, {}, {}, {}, 0, {}});
  made.prices.back().median_ns = lab::Figure::missing("weir was built without Boost.Context");
  const std::string text = to_json(made);
  EXPECT_EQ(to_json(from_json(text)), text);
  const lab::Json json = lab::Json::parse(text);
  EXPECT_EQ(json.at("schema").text_or(""), "weir.prices/1");
  EXPECT_EQ(json.at("prices").elements().back().at("median_ns").text_or(""),
            "n/a: weir was built without Boost.Context");
}

TEST(Prices, OfAnotherSchemaAreRefused) {
  EXPECT_THROW(from_json("{}"), std::runtime_error);
  EXPECT_THROW(from_json("prices"), std::runtime_error);
  EXPECT_THROW(from_json(R"({"schema":"weir.prices/1","prices":[{}]})"), std::runtime_error);
}

TEST(Conclusions, SayByHowMuchFiveMillisecondsAreTooMany) {
  const std::string text = conclusions(list({2200, 2210, 2190, 2200, 2240, 2180}));
  EXPECT_TRUE(holds(text, "another thread takes 2.00 us here (between 1.98 us and 2.04 us"))
      << text;
  EXPECT_TRUE(holds(text, "of which 500 ns are the two system calls and 1.50 us the switch"))
      << text;
  EXPECT_TRUE(holds(text, "The 5 ms that some say a context switch takes are 2,500 times as much"))
      << text;
  EXPECT_TRUE(holds(text, "a thread 20.0 us (10 switches)")) << text;
  EXPECT_TRUE(holds(text, "7.00 ms (3,500 switches). So milliseconds do go by")) << text;
}

TEST(Conclusions, TellProcessesFromThreadsOnlyWhereTheyDiffer) {
  const std::string apart = conclusions(list({2200, 2210, 2190, 2200, 2240, 2180}));
  EXPECT_TRUE(holds(apart, "another process takes 2.20 us, 1.10x of a thread's")) << apart;
  EXPECT_FALSE(holds(apart, "can't be told apart")) << apart;
  const std::string alike = conclusions(list({2100, 1900, 2020, 1950, 2050, 2000}));
  EXPECT_TRUE(holds(alike, "the two can't be told apart here")) << alike;
}

TEST(Conclusions, AreNotDrawnFromWhatIsMissing) {
  PriceList made = list({});
  EXPECT_FALSE(holds(conclusions(made), "another process"));
  for (Price& each : made.prices) each.median_ns = lab::Figure::missing("denied");
  conclude(made);
  EXPECT_FALSE(holds(conclusions(made), "5 ms")) << conclusions(made);
}

TEST(Measuring, GivesEachPriceEveryRound) {
  Options options;
  options.only = {"null_call", "function_call"};
  options.rounds = 3;
  options.slice = std::chrono::microseconds(200);
  std::vector<std::size_t> seen;
  const PriceList made =
      measure(options, [&](std::size_t round, std::size_t) { seen.push_back(round); });
  EXPECT_EQ(seen, (std::vector<std::size_t>{0, 1, 2, 3}));
  ASSERT_EQ(made.prices.size(), 2u);  // in the order of the list, not in that of the names
  EXPECT_EQ(made.prices[0].item.name, "function_call");
  for (const Price& each : made.prices) EXPECT_EQ(each.rounds_ns.size(), 3u);
  EXPECT_FALSE(made.interrupted);
}

TEST(Measuring, FindsAPriceOrAReasonForAll) {
  Options options;
  options.rounds = 1;
  options.slice = std::chrono::microseconds(100);
  const PriceList made = measure(options, [](std::size_t, std::size_t) {});
  ASSERT_EQ(made.prices.size(), items().size());
  for (const Price& each : made.prices) {
    if (!each.median_ns.known()) {
      EXPECT_FALSE(each.median_ns.reason().empty()) << each.item.name;
    } else {
      EXPECT_GT(each.median_ns.value_or(0), 0) << each.item.name;
    }
  }
  EXPECT_TRUE(find(made, "null_call")->median_ns.known());
  EXPECT_TRUE(find(made, "op_pending")->median_ns.known());
}

TEST(Measuring, SaysAtOnceHowManyDescriptorsClientsTake) {
  const test::SoftLimit few(RLIMIT_NOFILE, 64);
  Options options;
  options.only = {"exchange_crowd", "exchange_threads", "null_call"};
  options.rounds = 1;
  const PriceList made = measure(options, [](std::size_t, std::size_t) {});
  for (const char* crowded : {"exchange_crowd", "exchange_threads"}) {
    EXPECT_EQ(
        find(made, crowded)->median_ns.reason(),
        "64 connections beside all else take 320 descriptors, and 64 are allowed: ulimit -n 320");
  }
  EXPECT_TRUE(find(made, "null_call")->median_ns.known());
}

TEST(Measuring, DoesNotGoOnForLong) {
  Options options;
  options.only = {"null_call"};
  options.rounds = 1'000'000;
  options.longest = std::chrono::nanoseconds(0);
  const PriceList made = measure(options, [](std::size_t, std::size_t) {});
  EXPECT_FALSE(made.interrupted);
  EXPECT_EQ(made.prices.at(0).median_ns.reason(), "no round was finished");
}

TEST(Measuring, ThatIsStoppedGivesWhatThereIs) {
  std::atomic<bool> stop{false};
  Options options;
  options.only = {"null_call"};
  options.rounds = 1'000'000;
  options.slice = std::chrono::microseconds(100);
  options.stop = &stop;
  const PriceList made =
      measure(options, [&](std::size_t round, std::size_t) { stop = round == 3; });
  EXPECT_TRUE(made.interrupted);
  ASSERT_EQ(made.prices.size(), 1u);
  EXPECT_EQ(made.prices[0].rounds_ns.size(), 2u);
}

TEST(Measuring, KnowsEachNameOnce) {
  std::vector<std::string> names;
  for (const Item& item : items()) {
    names.push_back(item.name);
    for (const std::string& text : {item.title, item.how, item.source}) EXPECT_FALSE(text.empty());
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
  Options options;
  options.only = {"lunch"};
  EXPECT_THROW(measure(options, {}), std::invalid_argument);
}

}  // namespace
}  // namespace weir::prices
