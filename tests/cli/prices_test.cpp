// `weir prices` on the command line. No price is held to a figure: only to another one, and with
// room between them.

#include <chrono>
#include <map>
#include <signal.h>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "lab/json.hpp"
#include "support/command.hpp"
#include "support/servers.hpp"

namespace weir::test {
namespace {

TEST(PriceList, IsInOrder) {
  const Said said = run_weir({"prices", "--quick", "--json", "-"});
  ASSERT_EQ(said.code, 0) << said;
  const lab::Json json = lab::Json::parse(said.output);
  EXPECT_EQ(json.at("schema").text_or(""), "weir.prices/1");
  EXPECT_GT(json.at("conclusions").elements().size(), 0u) << said;
  std::map<std::string, double> median_ns;
  for (const lab::Json& price : json.at("prices").elements()) {
    const std::string name = price.at("name").text_or("");
    const lab::Figure median = price.at("median_ns").figure();
    if (!median.known()) continue;  // it says why
    median_ns[name] = median.value_or(0);
    EXPECT_LE(price.at("min_ns").number_or(-1), median_ns[name]) << name;
    EXPECT_GE(price.at("max_ns").number_or(-1), median_ns[name]) << name;
    EXPECT_GT(price.at("rounds_ns").elements().size(), 0u) << name;
  }
  constexpr double margin = 1.3;
  for (const auto& [cheaper, dearer] :
       {std::pair{"function_call", "null_call"}, std::pair{"null_call", "pair_message"},
        std::pair{"pair_message", "connection"}, std::pair{"event_calls", "thread_switch"},
        std::pair{"thread_switch", "thread_life"}, std::pair{"thread_life", "process_life"},
        std::pair{"process_life", "large_process_life"}}) {
    ASSERT_TRUE(median_ns.contains(cheaper)) << cheaper << said;
    if (!median_ns.contains(dearer)) continue;
    EXPECT_LT(median_ns[cheaper] * margin, median_ns[dearer]) << cheaper << " " << dearer;
  }
}

TEST(PriceList, IsCutToWhatIsAskedFor) {
  const Said said = run_weir({"prices", "--quick", "--only", "null_call,epoll_none", "-q"});
  ASSERT_EQ(said.code, 0) << said;
  EXPECT_TRUE(said.errors.empty()) << said;
  EXPECT_NE(said.output.find("\nnull_call "), std::string::npos) << said;
  EXPECT_NE(said.output.find("\nepoll_none "), std::string::npos) << said;
  EXPECT_EQ(said.output.find("thread_switch"), std::string::npos) << said;
}

TEST(PriceList, SaysWhatTheKernelDenies) {
  const std::vector<std::pair<std::string, std::string>> denied{
      {"sched_setaffinity", "n/a: threads can't be pinned to a CPU here"},
      {"eventfd2", "n/a: eventfd: Operation not permitted"}};
  for (const auto& [call, reason] : denied) {
    lab::Process prices =
        lab::Process::start({built_path("tests/programs/forbid"), call, "--", weir_path(), "prices",
                             "--quick", "-q", "--only", "thread_switch,null_call", "--json", "-"});
    const Said said = finish(prices);
    ASSERT_EQ(said.code, 0) << said;
    const lab::Json json = lab::Json::parse(said.output);
    for (const lab::Json& price : json.at("prices").elements()) {
      const lab::Json& median = price.at("median_ns");
      if (price.at("name").text_or("") == "thread_switch")
        EXPECT_EQ(median.text_or(""), reason);
      else
        EXPECT_TRUE(median.is_number()) << said;
    }
  }
}

TEST(PriceList, HasNoPriceOfEverything) {
  const Said said = run_weir({"prices", "--only", "null_call,thread_swich"});
  EXPECT_EQ(said.code, 2);
  EXPECT_EQ(said.errors,
            std::vector<std::string>{
                "weir: there is no price 'thread_swich'; did you mean 'thread_switch'? (prices: "
                "function_call, null_call, idle_sleep, epoll_none, epoll_ready, pair_message, "
                "loopback_message, connection, exchange_crowd, exchange_alone, exchange_paced, "
                "exchange_paced_crowd, newcomer_crowd, newcomer_in_turn, exchange_ring, "
                "exchange_threads, exchange_paced_threads, "
                "exchange_processes, newcomer_threads, newcomer_processes, op_done, op_pending, "
                "fiber_switch, event_calls, "
                "thread_switch, process_switch, wake_other_cpu, page_fault, thread_life, "
                "process_life, large_process_life)"});
}

TEST(PriceList, ThatIsInterruptedIsWhatThereIs) {
  lab::Process prices = start_weir({"prices", "--json", "-"});
  ASSERT_TRUE(prices.read_error_line(std::chrono::seconds(30)).has_value());  // it has begun
  prices.signal(SIGINT);
  const Said said = finish(prices);
  EXPECT_EQ(said.code, 130) << said;
  const lab::Json json = lab::Json::parse(said.output);
  EXPECT_TRUE(json.at("interrupted").bool_or(false)) << said;
  EXPECT_GT(json.at("prices").elements().size(), 0u) << said;
}

}  // namespace
}  // namespace weir::test
