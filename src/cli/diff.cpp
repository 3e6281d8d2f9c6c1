// weir diff: two runs of a comparison against each other.
#include "cli/diff.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "cli/failure.hpp"
#include "cli/output.hpp"
#include "cli/results_file.hpp"
#include "cli/wrap.hpp"
#include "lab/diff.hpp"

namespace weir::cli {
namespace {

lab::Diff compared(const DiffOptions& options) {
  const lab::Results before = read_results(options.before);
  const lab::Results after = read_results(options.after);
  try {
    return lab::diff(before, after);
  } catch (const std::invalid_argument& error) {
    throw Failure(wrong_usage, fmt::format("{} and {} can't be compared: {}", options.before,
                                           options.after, error.what()));
  }
}

}  // namespace

int diff(const DiffOptions& options) {
  const lab::Diff found = compared(options);
  if (!options.json.empty()) write_output(options.json, lab::to_json(found));
  if (options.json != "-") {
    std::string text = lab::table(found);
    for (const std::string& sentence : found.sentences) text += "\n" + wrapped(sentence, "", 0);
    write_output("-", text);
  }
  return found.count(lab::Change::dearer) > 0 ? threshold : done;
}

}  // namespace weir::cli
