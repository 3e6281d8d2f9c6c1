// Trials as text, for a terminal and for programs.
#include <algorithm>

#include <fmt/format.h>

#include "lab/experiment.hpp"
#include "lab/format.hpp"
#include "lab/json.hpp"
#include "lab/trial.hpp"

namespace weir::lab {
namespace {

std::string spread_text(const Trial& trial, const Finding& finding) {
  if (!finding.value.known() || is_count(trial.judge)) return "";
  return fmt::format("{} to {}", text_of(finding.low, trial.judge),
                     text_of(finding.high, trial.judge));
}

std::string ratio_of(const Finding& finding) {
  return finding.to_best > 0 ? ratio_text(finding.to_best) : "";
}

std::string findings_table(const Trial& trial) {
  std::size_t width = 0;
  for (const Finding& finding : trial.findings) {
    width = std::max(width, finding.contestant.size());
  }
  std::string text = fmt::format("  {:<{}}  {:>22}  {:<4}  {:>8}  {}\n", "", width,
                                 title(trial.judge), "rank", "to best", "over the blocks");
  for (const Finding& finding : trial.findings) {
    std::string line =
        fmt::format("  {:<{}}  {:>22}  {:<4}  {:>8}  {}", finding.contestant, width,
                    value_text(trial, finding), finding.letters.empty() ? "-" : finding.letters,
                    ratio_of(finding), spread_text(trial, finding));
    const std::string why = finding.value.known() ? "" : finding.value.reason();
    const std::string& note = finding.note.empty() ? why : finding.note;
    if (!note.empty()) line += fmt::format("  {}", note);
    while (line.back() == ' ') line.pop_back();
    text += line + '\n';
  }
  return text;
}

Json json_of(const Trial& trial) {
  Json json;
  json.set("name", trial.scenario.name);
  json.set("question", trial.scenario.question);
  json.set("about", trial.scenario.about);
  json.set("file", trial.scenario.text);
  json.set("judge", std::string(name(trial.judge)));
  const Figure none =
      Figure::missing(is_count(trial.judge) ? "it is a count"
                                            : "the reference and its twin were not both measured");
  json.set("noise_floor", trial.noise_floor > 0 ? Figure(trial.noise_floor) : none);
  json.set("answer", trial.answer);
  const Finding* taken = recommended(trial);
  json.set("recommended", taken == nullptr ? "" : taken->contestant);
  Json findings = Json::array();
  for (const Finding& finding : trial.findings) {
    Json entry;
    entry.set("contestant", finding.contestant);
    entry.set("value", finding.value);
    entry.set("low", finding.low);
    entry.set("high", finding.high);
    const bool rate = higher_is_better(trial.judge);
    entry.set("at_most", finding.bound && !rate);
    entry.set("at_least", finding.bound && rate);
    entry.set("to_best", finding.to_best > 0 ? Figure(finding.to_best)
                                             : Figure::missing("not ranked by ratio"));
    entry.set("letters", finding.letters);
    entry.set("note", finding.note);
    findings.push(entry);
  }
  json.set("findings", findings);
  json.set("comparison", Json::parse(to_json(trial.results)));
  return json;
}

}  // namespace

std::string trials_table(const std::vector<Trial>& trials, Colour colour) {
  std::string text;
  for (const Trial& trial : trials) {
    const std::string floor = trial.noise_floor > 0
                                  ? fmt::format(" (noise floor {})", ratio_text(trial.noise_floor))
                                  : "";
    text += fmt::format("{}: {}{}\n", toned(trial.scenario.name, Tone::strong, colour),
                        trial.scenario.question, floor);
    text += toned(wrapped(trial.scenario.about), Tone::faint, colour);
    text += findings_table(trial) + toned(wrapped(trial.answer), Tone::strong, colour) + '\n';
  }
  if (trials.size() > 1) text += recommendation(trials, colour) + '\n';
  return text;
}

std::string to_json(const std::vector<Trial>& trials) {
  Json json;
  json.set("schema", "weir.scenarios/1");
  Json list = Json::array();
  for (const Trial& trial : trials) list.push(json_of(trial));
  json.set("scenarios", list);
  return json.dump(2) + "\n";
}

}  // namespace weir::lab
