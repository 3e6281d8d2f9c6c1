// A difference between two runs of scenarios, as text and as JSON.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "lab/format.hpp"
#include "lab/json.hpp"
#include "lab/trial_diff.hpp"

namespace weir::lab {
namespace {

std::string change_text(Change change) {
  switch (change) {
    case Change::worse:
      return "worse";
    case Change::better:
      return "better";
    case Change::cannot_tell:
      return "can't tell";
    case Change::unknown:
      return "n/a";
  }
  return "";
}

std::string verdict_of(const TrialDifference& row) {
  const std::string word = change_text(row.change);
  return row.change == Change::unknown ? fmt::format("{}: {}", word, row.worse.reason()) : word;
}

std::string worse_text(const TrialDifference& row) {
  if (!row.worse.known()) return "n/a";
  const double by = row.worse.value_or(0);
  return is_count(row.judge) ? fmt::format("{:+.0f}", by) : ratio_text(by);
}

std::string reference_text(const TrialDifference& row) {
  return row.reference_worse.known() ? ratio_text(row.reference_worse.value_or(1)) : "n/a";
}

}  // namespace

std::string table(const TrialDiff& diff) {
  std::size_t width = 0;
  for (const TrialDifference& row : diff.rows) width = std::max(width, row.contestant.size());
  const auto line = [width](const std::array<std::string, 6>& cells) {
    return fmt::format("  {:<{}}  {:>10}  {:>10}  {:>7}  {:>12}  {}\n", cells[0], width, cells[1],
                       cells[2], cells[3], cells[4], cells[5]);
  };
  std::string text;
  std::string scenario;
  for (const TrialDifference& row : diff.rows) {
    if (row.scenario != scenario) {
      text += fmt::format("{}{}: {}\n", text.empty() ? "" : "\n", row.scenario, title(row.judge));
      text += line({"", "before", "after", "worse", "to reference", "change"});
      scenario = row.scenario;
    }
    text += line({row.contestant, text_of(row.before, row.judge), text_of(row.after, row.judge),
                  worse_text(row), reference_text(row), verdict_of(row)});
  }
  return text;
}

std::string to_json(const TrialDiff& diff) {
  Json rows = Json::array();
  for (const TrialDifference& row : diff.rows) {
    Json each;
    each.set("scenario", row.scenario);
    each.set("contestant", row.contestant);
    each.set("judge", std::string(name(row.judge)));
    each.set("before", row.before);
    each.set("after", row.after);
    each.set("worse", row.worse);
    each.set("to_reference_worse", row.reference_worse);
    each.set("noise_floor", row.noise_floor);
    each.set("change", change_text(row.change));
    rows.push(each);
  }
  Json json;
  json.set("schema", "weir.scenarios.diff/1");
  json.set("worse", static_cast<double>(diff.count(Change::worse)));
  json.set("better", static_cast<double>(diff.count(Change::better)));
  json.set("rows", rows);
  json.set("only_before", Json::array(diff.only_before));
  json.set("only_after", Json::array(diff.only_after));
  json.set("sentences", Json::array(diff.sentences));
  return json.dump(2) + "\n";
}

}  // namespace weir::lab
