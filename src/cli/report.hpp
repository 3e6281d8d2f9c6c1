#pragma once
#include <string>
#include <vector>

namespace weir::cli {

struct ReportOptions {
  std::vector<std::string> results;  // files, as compare wrote them
  std::string page = "report.html";  // -: stdout
};

/// Makes the page of a comparison again, or one page of several runs of it. Returns the exit code.
/// Throws Failure.
int report(const ReportOptions& options);

}  // namespace weir::cli
