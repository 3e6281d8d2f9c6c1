// weir doctor: what of this machine stands in the way.
#include "cli/doctor.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/checks.hpp"
#include "cli/failure.hpp"
#include "cli/output.hpp"
#include "lab/json.hpp"

namespace weir::cli {
namespace {

const char* word(Finding::Level level) {
  switch (level) {
    case Finding::Level::ok:
      return "ok";
    case Finding::Level::note:
      return "note";
    case Finding::Level::problem:
      return "problem";
  }
  return "";
}

std::string line_of(const Finding& finding, std::size_t width) {
  std::string line =
      fmt::format("{:<7}  {:<{}}  {}", word(finding.level), finding.name, width, finding.found);
  if (!finding.stops.empty()) {
    line += fmt::format("; {} {}", finding.level == Finding::Level::problem ? "stops" : "limits",
                        finding.stops);
  }
  if (!finding.way_out.empty()) line += "; " + finding.way_out;
  return line + "\n";
}

std::string findings_text(const std::vector<Finding>& findings, std::size_t problems) {
  std::size_t width = 0;
  for (const Finding& finding : findings) width = std::max(width, finding.name.size());
  std::string text;
  for (const Finding& finding : findings) text += line_of(finding, width);
  text += problems == 0 ? "\nNothing here stops a model or a figure.\n"
                        : fmt::format("\n{} {} a model or a figure here.\n", problems,
                                      problems == 1 ? "thing stops" : "things stop");
  return text;
}

/// Whether an earlier finding stops the same: then it is the cause, and this its consequence.
bool is_explained(const Finding& finding, const std::vector<Finding>& earlier) {
  return finding.level == Finding::Level::problem &&
         std::any_of(earlier.begin(), earlier.end(), [&](const Finding& other) {
           return other.level == Finding::Level::problem && other.stops == finding.stops;
         });
}

std::string json_of(const std::vector<Finding>& findings, std::size_t problems) {
  lab::Json list = lab::Json::array();
  for (const Finding& finding : findings) {
    lab::Json each;
    each.set("level", word(finding.level));
    each.set("name", finding.name);
    each.set("found", finding.found);
    each.set("stops", finding.stops);
    each.set("way_out", finding.way_out);
    list.push(each);
  }
  lab::Json json;
  json.set("schema", "weir.doctor/1");
  json.set("problems", static_cast<double>(problems));
  json.set("findings", list);
  return json.dump(2) + "\n";
}

}  // namespace

int doctor(Form form) {
  std::vector<Finding> findings = check_kernel();
  for (const auto check : {check_limits, check_measuring, check_models}) {
    for (const Finding& finding : check()) {
      if (!is_explained(finding, findings)) findings.push_back(finding);
    }
  }
  const auto problems = static_cast<std::size_t>(std::count_if(
      findings.begin(), findings.end(),
      [](const Finding& finding) { return finding.level == Finding::Level::problem; }));
  write_output(
      "-", form == Form::json ? json_of(findings, problems) : findings_text(findings, problems));
  return problems == 0 ? done : failed;
}

}  // namespace weir::cli
