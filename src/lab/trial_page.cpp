// Trials as a page: what to take for which load, then each scenario with its picture and figures.
#include <array>

#include <fmt/format.h>

#include "lab/charts.hpp"
#include "lab/experiment.hpp"
#include "lab/format.hpp"
#include "lab/machine.hpp"
#include "lab/page.hpp"
#include "lab/sections.hpp"
#include "lab/svg.hpp"
#include "lab/trial.hpp"

namespace weir::lab {
namespace {

constexpr double bars_width = 920;

template <Criterion criterion>
std::string figure_text(const Figure& figure) {
  return text_of(figure, criterion);
}

Format format_of(Criterion criterion) {
  switch (criterion) {
    case Criterion::cpu:
      return figure_text<Criterion::cpu>;
    case Criterion::rate:
      return figure_text<Criterion::rate>;
    case Criterion::p50:
      return figure_text<Criterion::p50>;
    case Criterion::p99:
      return figure_text<Criterion::p99>;
    case Criterion::calm_p99:
      return figure_text<Criterion::calm_p99>;
    case Criterion::memory:
      return figure_text<Criterion::memory>;
    case Criterion::unserved:
      return figure_text<Criterion::unserved>;
    case Criterion::lost:
      return figure_text<Criterion::lost>;
  }
  return figure_text<Criterion::cpu>;
}

Drawing chart_of(const Trial& trial) {
  BarGroup group;
  group.band_low = group.band_high = Figure::missing("none");
  for (std::size_t i = 0; i < trial.findings.size(); ++i) {
    const Finding& finding = trial.findings[i];
    Bar bar;
    bar.label = finding.contestant;
    bar.series = i;
    bar.value = finding.value;
    bar.low = finding.low;
    bar.high = finding.high;
    bar.more = Figure::missing("none");
    if (finding.bound) bar.note = higher_is_better(trial.judge) ? "at least" : "at most";
    if (finding.letters.empty()) bar.note = finding.note;
    group.bars.push_back(bar);
  }
  return bar_chart({group}, format_of(trial.judge), bars_width);
}

std::string findings_html(const Trial& trial) {
  HtmlTable table(
      fmt::format("{} over the blocks. Those that share a letter can't be told apart here.",
                  trial.judge == Criterion::calm_p99 ? "Lower quartiles" : "Medians"),
      {"Contestant", "Note", std::string(title(trial.judge)), "Rank", "To the best", "Lowest block",
       "Highest block"},
      2);
  const Criterion judge = trial.judge;
  for (const Finding& finding : trial.findings) {
    const std::string why = finding.value.known() ? finding.note : "n/a: " + finding.value.reason();
    table.add({finding.contestant, why, value_text(trial, finding), dash_if_empty(finding.letters),
               finding.to_best > 0 ? ratio_text(finding.to_best) : dash_if_empty(""),
               text_of(finding.low, judge), text_of(finding.high, judge)},
              finding.letters.find('a') != std::string::npos ? "best" : "");
  }
  return table.str();
}

std::string section_of(const Trial& trial) {
  const std::string heading = trial.scenario.name + ": " + trial.scenario.question;
  const std::string better =
      higher_is_better(trial.judge) ? "longer is better" : "shorter is better";
  const std::string floor =
      trial.noise_floor > 0 ? fmt::format("; noise floor {}", floor_text(trial.noise_floor)) : "";
  return "<section><h2>" + escaped(heading) + "</h2>" + paragraph(trial.scenario.about, "soft") +
         paragraph(trial.answer) +
         paragraph(fmt::format("{}, {}{}. Whiskers: lowest and highest block.", title(trial.judge),
                               better, floor),
                   "soft") +
         svg(chart_of(trial), "scenario-" + trial.scenario.name, heading,
             "Bars of the figure that they are judged by, for each contestant.",
             SvgUse::inside_page) +
         findings_html(trial) + curves_html(trial) +
         details("The scenario, and the command that repeats it",
                 command_box(trial.scenario.text) + command_box(trial.results.command)) +
         details("All figures of its runs",
                 summary_html(trial.results) + runs_html(trial.results)) +
         "</section>";
}

std::string overview(const std::vector<Trial>& trials) {
  HtmlTable table("What to take for which load, on this machine.", {"Load", "Take", "Because"}, 3,
                  HtmlTable::Cells::wrapped);
  for (const Trial& trial : trials) {
    const Finding* best = recommended(trial);
    table.add({trial.scenario.name + ": " + trial.scenario.about,
               best == nullptr ? "nobody" : best->contestant, trial.answer});
  }
  return "<section><h2>Your load, and what to take for it</h2>" + table.str() + "</section>";
}

}  // namespace

std::string html(const std::vector<Trial>& trials) {
  std::string text =
      R"(<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">)"
      R"(<meta name="viewport" content="width=device-width,initial-scale=1">)"
      "<title>weir compare</title><style>" +
      page_style() + "</style></head><body>" + page_definitions() +
      R"(<main><header><p class="kicker">weir compare</p>)"
      "<h1>Which way to concurrency is best for which load, on this machine?</h1></header>";
  if (!trials.empty()) {
    const Machine& machine = trials.front().results.machine;
    text += paragraph(
        fmt::format("{} × {}, {}, {}; {}; {}.", machine.cpus, machine.processor, machine.system,
                    machine.kernel, placement_text(machine), idle_text(machine)),
        "soft");
  }
  text += overview(trials);
  if (trials.size() > 1) text += heat_map_html(trials);
  for (const Trial& trial : trials) text += section_of(trial);
  return text + "</main></body></html>\n";
}

}  // namespace weir::lab
