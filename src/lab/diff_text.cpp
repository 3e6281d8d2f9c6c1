// A difference between two runs, as text and as JSON.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "lab/diff.hpp"
#include "lab/format.hpp"
#include "lab/json.hpp"

namespace weir::lab {
namespace {

std::string ratio_of(const Figure& ratio) {
  return ratio.known() ? ratio_text(ratio.value_or(1)) : "n/a";
}

std::string verdict_of(const Difference& row) {
  const std::string word = name(row.change);
  return row.change == Change::unknown ? fmt::format("{}: {}", word, row.ratio.reason()) : word;
}

}  // namespace

std::string table(const Diff& diff) {
  std::size_t width = 5;
  for (const Difference& row : diff.rows) width = std::max(width, row.contestant.size());
  const auto line = [width](const std::array<std::string, 6>& cells) {
    return fmt::format("{:<{}}  {:>9}  {:>9}  {:>7}  {:>12}  {}\n", cells[0], width, cells[1],
                       cells[2], cells[3], cells[4], cells[5]);
  };
  std::string text = "server CPU, us a request\n";
  text += line({"model", "before", "after", "ratio", "to reference", "change"});
  std::size_t connections = 0;
  for (const Difference& row : diff.rows) {
    if (row.connections != connections) {
      connections = row.connections;
      text += fmt::format("\n{} connection{}\n", connections, connections == 1 ? "" : "s");
    }
    text += line({row.contestant, microseconds_text(row.before_ns), microseconds_text(row.after_ns),
                  ratio_of(row.ratio), ratio_of(row.reference_ratio), verdict_of(row)});
  }
  return text;
}

std::string to_json(const Diff& diff) {
  Json rows = Json::array();
  for (const Difference& row : diff.rows) {
    Json each;
    each.set("contestant", row.contestant);
    each.set("connections", static_cast<double>(row.connections));
    each.set("before_cpu_ns_per_request", row.before_ns);
    each.set("after_cpu_ns_per_request", row.after_ns);
    each.set("ratio", row.ratio);
    each.set("to_reference_ratio", row.reference_ratio);
    each.set("change", name(row.change));
    rows.push(each);
  }
  Json json;
  json.set("schema", "weir.diff/1");
  json.set("noise_floor", diff.noise_floor);
  json.set("dearer", static_cast<double>(diff.count(Change::worse)));
  json.set("cheaper", static_cast<double>(diff.count(Change::better)));
  json.set("rows", rows);
  json.set("only_before", Json::array(diff.only_before));
  json.set("only_after", Json::array(diff.only_after));
  json.set("sentences", Json::array(diff.sentences));
  return json.dump(2) + "\n";
}

}  // namespace weir::lab
