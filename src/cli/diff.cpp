// weir diff: two runs of a comparison against each other.
#include "cli/diff.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "cli/failure.hpp"
#include "cli/output.hpp"
#include "cli/results_file.hpp"
#include "cli/wrap.hpp"
#include "lab/diff.hpp"
#include "lab/trial_diff.hpp"

namespace weir::cli {
namespace {

template <class Run>
auto compared(const Run& before, const Run& after, const DiffOptions& options) {
  try {
    return lab::diff(before, after);
  } catch (const std::invalid_argument& error) {
    throw Failure(wrong_usage, fmt::format("{} and {} can't be compared: {}", options.before,
                                           options.after, error.what()));
  }
}

template <class Found>
int tell(const Found& found, const DiffOptions& options) {
  if (!options.json.empty()) write_output(options.json, lab::to_json(found));
  if (options.json != "-") {
    std::string text = lab::table(found);
    for (const std::string& sentence : found.sentences) text += "\n" + wrapped(sentence, "", 0);
    write_output("-", text);
  }
  return found.count(lab::Change::worse) > 0 ? threshold : done;
}

}  // namespace

int diff(const DiffOptions& options) {
  if (holds_scenarios(options.before)) {
    return tell(compared(read_trials(options.before), read_trials(options.after), options),
                options);
  }
  return tell(compared(read_results(options.before), read_results(options.after), options),
              options);
}

}  // namespace weir::cli
