#include "bench/verdicts.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

namespace weir::bench {
namespace {

constexpr std::size_t columns = 6;
using Cells = std::array<std::string, columns>;

std::string verdict_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::none:
      return "";
    case Verdict::met:
      return "met";
    case Verdict::missed:
      return "MISSED";
    case Verdict::unknown:
      return "n/a";
  }
  return "";
}

Cells cells_of(const Finding& finding) {
  const std::string value =
      finding.value.known() ? fmt::format("{:.{}f}", finding.value.value_or(0), finding.decimals)
                            : "n/a";
  const std::string verdict = verdict_text(judge(finding));
  const std::string limit = verdict.empty() ? "" : fmt::format("{}: {}", finding.limit, verdict);
  return {finding.subject, finding.contestant, finding.what, value, finding.beside, limit};
}

}  // namespace

Verdict judge(const Finding& finding) {
  if (!finding.limit_max) return Verdict::none;
  if (!finding.compared.known()) return Verdict::unknown;
  return finding.compared.value_or(0) <= *finding.limit_max ? Verdict::met : Verdict::missed;
}

std::string table(const std::vector<Finding>& findings) {
  std::vector<Cells> rows{{"", "contestant", "figure", "value", "to the twin", "limit"}};
  std::set<std::string> reasons;
  for (const Finding& finding : findings) {
    rows.push_back(cells_of(finding));
    if (!finding.value.known()) reasons.insert(finding.value.reason());
  }
  std::array<std::size_t, columns> widths{};
  for (const Cells& row : rows) {
    for (std::size_t i = 0; i < columns; ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Cells& row : rows) {
    std::string line =
        fmt::format("{:<{}}  {:<{}}  {:<{}}  {:>{}}  {:<{}}  {}", row[0], widths[0], row[1],
                    widths[1], row[2], widths[2], row[3], widths[3], row[4], widths[4], row[5]);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  for (const std::string& reason : reasons) text += "n/a: " + reason + "\n";
  return text;
}

int exit_code(const std::vector<Finding>& findings) {
  const auto any = [&findings](Verdict verdict) {
    return std::any_of(findings.begin(), findings.end(),
                       [verdict](const Finding& each) { return judge(each) == verdict; });
  };
  if (any(Verdict::missed)) return 4;
  return any(Verdict::unknown) ? 5 : 0;
}

}  // namespace weir::bench
