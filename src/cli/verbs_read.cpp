// What can be said after the verbs that read results: report, diff.
#include <fmt/format.h>

#include "cli/verbs.hpp"

namespace weir::cli {

void Verbs::add_report(CommandLine& line) {
  Verb verb = line.verb("report", "Read", "Make the page of a comparison again");
  verb.words("RESULTS", report_.results,
             "what compare wrote; several runs of the same comparison make one page");
  verb.text("-o,--output", "FILE", report_.page, "the page; -: stdout");
  verb.examples({program_ + " report results.json",
                 program_ + " report monday.json tuesday.json -o both.html"});
  verb.action([this] { return report(report_); });
}

void Verbs::add_diff(CommandLine& line) {
  Verb verb =
      line.verb("diff", "Read", "Say what has become dearer (exit code 4) between two comparisons");
  verb.word("BEFORE", diff_.before, "what compare wrote", Verb::Needed::yes);
  verb.word("AFTER", diff_.after, "and what it wrote later", Verb::Needed::yes);
  verb.text("--json", "FILE", diff_.json, "write the result to this file; -: stdout");
  verb.examples({program_ + " diff before.json after.json",
                 program_ + " diff before.json after.json --json - | jq .rows"});
  verb.action([this] { return diff(diff_); });
}

}  // namespace weir::cli
