#include <gtest/gtest.h>

#include "lab/charts.hpp"
#include "lab/format.hpp"
#include "lab/json.hpp"
#include "sample_many.hpp"

namespace weir::lab {
namespace {

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Summary, TakesTheCheapestThatServesEverybody) {
  const Results results = samples::results();
  EXPECT_EQ(results.answer.rfind("With 64 clients at once, take epoll", 0), 0u) << results.answer;
  EXPECT_TRUE(holds(results.answer, "63 of 64 clients were never served")) << results.answer;
  EXPECT_TRUE(holds(results.answer, "thread takes 1.52x as much")) << results.answer;
  EXPECT_EQ(find_row(results, "iterative", 64)->cpu_letters, "");
  EXPECT_EQ(find_row(results, "epoll", 64)->cpu_letters, "a");
  EXPECT_EQ(find_row(results, "thread", 64)->cpu_letters, "b");
}

TEST(Summary, NamesAnotherWhenTheUsualWinnerIsDearest) {
  Results results = samples::results();
  for (Cell& cell : results.cells) {
    if (cell.contestant == "epoll") cell.server.cpu_ns_per_request = 20000;
  }
  summarize(results);
  EXPECT_EQ(results.answer.rfind("With 64 clients at once, take thread", 0), 0u) << results.answer;
}

TEST(Summary, TakesTheSimplestOfEquals) {
  Results results = samples::results();
  for (Cell& cell : results.cells) cell.server.cpu_ns_per_request = 5000;
  summarize(results);
  EXPECT_TRUE(holds(results.answer, "thread and epoll are too close to tell")) << results.answer;
  EXPECT_TRUE(holds(results.answer, "Take thread, the simplest")) << results.answer;
}

TEST(Summary, RenamingTheContestantsChangesNoVerdict) {
  Results results = samples::results();
  Results renamed = results;
  const auto swap = [](std::string& name) {
    name = name == "thread" ? "iterative" : name == "iterative" ? "thread" : name;
  };
  for (Cell& cell : renamed.cells) swap(cell.contestant);
  summarize(renamed);
  for (const Row& row : results.rows) {
    std::string other = row.contestant;
    swap(other);
    const Row* same = find_row(renamed, other, row.connections);
    EXPECT_EQ(row.cpu_letters, same->cpu_letters);
    EXPECT_EQ(name(row.verdict), name(same->verdict));
  }
}

TEST(Summary, DoesNotRankByRateBesideALowerBound) {
  const Results results = samples::results();
  EXPECT_TRUE(find_row(results, "epoll", 64)->rate_is_lower_bound);
  EXPECT_EQ(find_row(results, "epoll", 64)->rate_letters, "");
  EXPECT_EQ(find_row(results, "thread", 64)->rate_letters, "");
  EXPECT_NE(find_row(results, "thread", 1)->rate_letters, "");
}

TEST(Summary, WithoutATwinNothingIsRanked) {
  Results results = samples::results();
  std::erase_if(results.cells, [](const Cell& cell) { return cell.twin; });
  summarize(results);
  EXPECT_EQ(results.cpu_noise_floor, 0);
  for (const Row& row : results.rows) EXPECT_EQ(row.cpu_letters, "");
}

TEST(Summary, SixBlocksGiveIntervals) {
  EXPECT_TRUE(find_row(samples::results(3), "thread", 64)->cpu_to_reference.provisional);
  EXPECT_FALSE(find_row(samples::results(6), "thread", 64)->cpu_to_reference.provisional);
}

TEST(Table, ShowsEveryRowAndTheNoiseFloor) {
  const Results results = samples::results();
  const std::string text = table(results, Colour::none);
  for (const Row& row : results.rows) {
    EXPECT_TRUE(holds(text, row.contestant));
    EXPECT_TRUE(holds(text, microseconds_text(row.cpu_ns_per_request)));
    EXPECT_TRUE(holds(text, rate_text(row.throughput_rps)));
    EXPECT_TRUE(holds(text, time_text(row.p99_ns)));
    EXPECT_TRUE(holds(text, limit_text(row)));
  }
  EXPECT_TRUE(holds(text, "noise floor: costs closer than " + ratio_text(results.cpu_noise_floor)));
  EXPECT_TRUE(holds(text, ">= 183k/s"));
  EXPECT_FALSE(holds(text, "\x1b"));
  EXPECT_TRUE(holds(table(results, Colour::ansi), "\x1b["));
}

TEST(ResultsJson, HoldsEveryCellAndItsVerdict) {
  const Results results = samples::results();
  const Json json = Json::parse(to_json(results));
  EXPECT_EQ(json.at("schema").text_or(""), "weir.compare/1");
  EXPECT_EQ(json.at("cells").elements().size(), results.cells.size());
  EXPECT_EQ(json.at("rows").elements().size(), results.rows.size());
  const Json& cell = json.at("cells").elements().front();
  EXPECT_EQ(cell.at("verdict.name").text_or(""), name(results.cells.front().verdict));
  EXPECT_DOUBLE_EQ(cell.at("server.cpu_ns_per_request").number_or(0), 5600);
  EXPECT_DOUBLE_EQ(json.at("noise_floor.cpu_ratio").number_or(0), results.cpu_noise_floor);
}

// Every number of every cell, as the page shows it; the exact ones travel in its data block.
TEST(Report, HoldsEveryFigureOfTheResults) {
  const Results results = samples::results();
  const std::string page = html(results);
  for (const Cell& cell : results.cells) {
    for (const std::string& text :
         {rate_text(cell.throughput_rps), microseconds_text(cell.server.cpu_ns_per_request),
          time_text(cell.p50_ns), time_text(cell.p99_ns), name(cell.verdict),
          fmt::format("{:.0f}", cell.requests.value_or(0))}) {
      EXPECT_TRUE(holds(page, ">" + text + "<")) << text;
    }
  }
  for (const Row& row : results.rows) {
    EXPECT_TRUE(holds(page, ">" + bytes_text(row.user_bytes_per_connection) + "<"));
    EXPECT_TRUE(holds(page, ">" + count_text(row.system_calls_per_request) + "<"));
    EXPECT_TRUE(holds(page, limit_text(row)));
  }
  EXPECT_TRUE(holds(page, to_json(results)));
}

TEST(Report, IsOnePageThatNeedsNothingElse) {
  const std::string page = html(samples::results());
  EXPECT_LT(page.size(), 300u * 1024);
  for (const char* outside : {"http://", "https://", "src=", "<link", "@import", "javascript"}) {
    EXPECT_FALSE(holds(page, outside)) << outside;
  }
  EXPECT_TRUE(holds(page, "prefers-color-scheme:dark"));
}

TEST(Report, EveryPictureHasATitleATableAndItsCommand) {
  const std::string page = html(samples::results());
  const auto count = [&](const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = page.find(part); at != std::string::npos; at = page.find(part, at + 1)) {
      ++found;
    }
    return found;
  };
  EXPECT_EQ(count(R"(role="img")"), 7u);
  EXPECT_EQ(count("<desc"), 7u);
  EXPECT_EQ(count("The figures of this picture, and the command that repeats it"), 7u);
}

TEST(Report, WhatAServerSaysCannotBecomeMarkup) {
  Results results = samples::results();
  results.cells.front().failure = "</script><script>alert(1)</script>";
  results.command = "weir compare <b>";
  summarize(results);
  const std::string page = html(results);
  EXPECT_FALSE(holds(page, "<script>alert"));
  EXPECT_FALSE(holds(page, "compare <b>"));
}

TEST(Report, NothingMeasuredIsAPageToo) {
  Results results;
  results.interrupted = true;
  summarize(results);
  EXPECT_TRUE(holds(html(results), "Nothing was measured"));
  EXPECT_TRUE(holds(table(results, Colour::none), "Nothing was measured"));
  EXPECT_FALSE(to_json(results).empty());
}

TEST(Summary, RecommendsAModelAndMeasuresItByTheOneByHand) {
  const Results results = samples::many_results();
  // By hand it is cheaper, but that is no answer.
  EXPECT_LT(find_row(results, "uring by hand", 64)->cpu_ns_per_request.value_or(0),
            find_row(results, "uring", 64)->cpu_ns_per_request.value_or(0));
  EXPECT_EQ(results.answer.rfind("With 64 clients at once, take uring: ", 0), 0u) << results.answer;
  EXPECT_FALSE(holds(results.answer, "by hand")) << results.answer;
  EXPECT_TRUE(holds(results.answer, "against uring: epoll 1.05x, fiber 1.09x")) << results.answer;
  bool said = false;
  for (const std::string& text : results.explanations) {
    said |= holds(text, "written out by hand") && holds(text, "thread 1.04x");
  }
  EXPECT_TRUE(said);
}

TEST(Report, HasRoomForElevenModelsAndTheirTwins) {
  const Results results = samples::many_results();
  const std::string page = html(results);
  for (const std::string& contestant : results.contestants) {
    EXPECT_TRUE(holds(page, ">" + contestant + "</text>")) << contestant;
  }
  EXPECT_TRUE(holds(page, "Servers by hand have no curves"));
  EXPECT_FALSE(holds(html(samples::results()), "Servers by hand have no curves"));
}

// A label ends where the bars begin; at 7 pixels a character none may begin left of the drawing.
TEST(Charts, GiveTheLongestLabelItsRoom) {
  BarGroup group;
  group.bars.emplace_back();
  group.bars.back().label = "a name of thirty characters...";
  group.bars.back().value = 1.0;
  const std::string body = bar_chart(
                               {group}, [](const Figure&) { return std::string("1"); }, 900)
                               .body();
  const std::size_t label = body.find("<text x=\"");
  ASSERT_NE(label, std::string::npos);
  EXPECT_GE(std::stod(body.substr(label + 9)), 30 * 6.9) << body;
}

TEST(Picture, ShowsModelsOnly) {
  const std::string image = picture(samples::many_results());
  EXPECT_TRUE(holds(image, "one session, 11 models"));
  EXPECT_TRUE(holds(image, ">uring</text>"));
  EXPECT_FALSE(holds(image, "by hand"));
}

TEST(Picture, StandsAlone) {
  const std::string image = picture(samples::results());
  EXPECT_EQ(image.rfind("<svg", 0), 0u);
  EXPECT_TRUE(holds(image, "xmlns="));
  EXPECT_TRUE(holds(image, "Who waits"));
}

}  // namespace
}  // namespace weir::lab
