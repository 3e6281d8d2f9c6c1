// weir explain: how a model works, what it takes to write it, and what it costs here.
#include "cli/explain.hpp"

#include <optional>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/described.hpp"
#include "cli/explain_json.hpp"
#include "cli/failure.hpp"
#include "cli/figures_file.hpp"
#include "cli/model_table.hpp"
#include "cli/models_page.hpp"
#include "cli/output.hpp"
#include "cli/products.hpp"
#include "cli/wrap.hpp"
#include "lab/format.hpp"

namespace weir::cli {
namespace {

constexpr const char* definitions =
    "Lines: without blank ones and comments. Branches: if, for, while, case, catch, &&, || and ?:. "
    "Calls: places where one is written, by the name of the system call, or of the library's "
    "function. The model's file rests on src/core (accepting, limits, timers, the drain), which "
    "all models share and which is not counted; the server by hand has all of that in its file.";

std::string head_text(const std::string& name, const describe::Head& head) {
  std::string text = wrapped(fmt::format("{}: {}.", name, head.title), "", 0);
  for (const describe::Passage& passage : head.passages) {
    text += "\n";
    if (passage.question.empty()) {
      text += wrapped(passage.text, "", 0);
    } else {
      text += passage.question + "\n" + wrapped(passage.text, "  ", 2);
    }
  }
  return text;
}

std::size_t times(const std::vector<describe::Calls>& calls) {
  std::size_t sum = 0;
  for (const describe::Calls& each : calls) sum += each.times;
  return sum;
}

std::string names(const std::vector<describe::Calls>& calls) {
  std::vector<std::string> parts;
  for (const describe::Calls& each : calls) {
    parts.push_back(each.times == 1 ? each.name : fmt::format("{} ({})", each.name, each.times));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string counts_text(const std::string& model) {
  struct Line {
    const char* what;
    const describe::SourceFacts* facts;
  };
  std::vector<Line> lines{{"the model", facts_of_model(model)}};
  for (const describe::SourceFacts* part : facts_of_parts(model)) lines.push_back({"", part});
  lines.push_back({"the same by hand", facts_of_twin(model)});
  lines.push_back({"a session of weir's", facts_of_session()});
  lines.push_back({"and its codec", facts_of_codec()});
  std::string text = "What is written\n\n";
  text +=
      fmt::format("  {:<19}  {:<32}{:>5}  {:>8}  {:>5}\n", "", "", "lines", "branches", "calls");
  std::string called;
  for (const Line& line : lines) {
    if (line.facts == nullptr) continue;
    const describe::Counts& counts = line.facts->counts;
    text += fmt::format("  {:<19}  {:<32}{:>5}  {:>8}  {:>5}\n", line.what, line.facts->path,
                        counts.lines, counts.branches,
                        times(counts.system_calls) + times(counts.library_calls));
    std::string list = names(counts.system_calls);
    if (!counts.library_calls.empty()) {
      list += (list.empty() ? "" : "; of the library: ") + names(counts.library_calls);
    }
    const std::string who = *line.what == '\0' ? line.facts->path : line.what;
    if (!list.empty()) called += "\n" + wrapped(list, fmt::format("  {} calls ", who), 4);
  }
  return text + called + "\n" + wrapped(definitions, "  ", 2);
}

std::string measured_text(const std::optional<Measured>& measured, const std::string& program) {
  if (!measured)
    return fmt::format("No figures here yet; {} compare --sweep makes them.\n", program);
  if (measured->rows.empty()) {
    return wrapped(
        fmt::format("It is not in {} (measured {}); {} compare --sweep measures all models.",
                    measured->file, measured->started, program),
        "", 0);
  }
  std::string text = fmt::format("Measured {} ({})\n\n", measured->started, measured->file) +
                     fmt::format("  {:>11}  {:<20}{:>14}  {:>13}  {:>8}\n", "", "", "server CPU",
                                 "memory user", "kernel") +
                     fmt::format("  {:>11}  {:<20}{:>14}  {:>13}  {:>8}\n", "connections", "",
                                 "us/request", "/connection", "");
  for (const MeasuredRow& row : measured->rows) {
    text += fmt::format("  {:>11}  {:<20}{:>14}  {:>13}  {:>8}\n", row.connections, row.contestant,
                        lab::microseconds_text(row.cpu_ns), lab::bytes_text(row.user_bytes),
                        lab::bytes_text(row.kernel_bytes));
  }
  return text;
}

std::string model_text(const std::string& name, const ExplainOptions& options) {
  const describe::SourceFacts* facts = facts_of_model(name);
  std::string text = facts == nullptr ? name + "\n" : head_text(name, facts->head);
  if (const auto why = why_unavailable(name)) text += "\n" + wrapped(*why, "Not here: ", 2);
  return text + "\n" + counts_text(name) + "\n" +
         measured_text(measured(options.results, contestants_of(name)), options.program);
}

std::string product_text(const Product& product, const ExplainOptions& options) {
  std::string text = wrapped(fmt::format("{}: {}.", product.name, product.summary), "", 0);
  text += "\n" + wrapped(fmt::format("{} ({} serve SERVICE --model {})", product.options(),
                                     options.program, product.name),
                         "It is ", 2);
  text += wrapped(product.resembles + ".", "It resembles ", 2);
  text += wrapped(fmt::format("{}; {} explain {} says more.", title_of(product.model),
                              options.program, product.model),
                  fmt::format("Each of its workers is {}: ", product.model), 2);
  return text + "\n" +
         measured_text(measured(options.results, contestants_of(product.name)), options.program);
}

std::string explanation_of(const ExplainOptions& options) {
  if (const auto product = find_product(options.name)) return product_text(*product, options);
  if (!options.all) return model_text(options.name, options);
  std::string text;
  for (const std::string& name : model_names()) {
    text += (text.empty() ? "" : "\n\n") + model_text(name, options);
  }
  return text;
}

void check(const ExplainOptions& options) {
  if (options.form == ExplainForm::markdown && !options.all) {
    throw Failure(wrong_usage, "--markdown is the page of all models; say --all with it");
  }
  if (options.all && !options.name.empty()) {
    throw Failure(wrong_usage,
                  fmt::format("'{}' and --all can't go together; leave one out", options.name));
  }
  if (!options.all && options.name.empty()) {
    throw Failure(wrong_usage, fmt::format("MODEL is missing; write for example: {} explain epoll",
                                           options.program));
  }
  if (!options.all) check_explained_name(options.name);
}

}  // namespace

int explain(const ExplainOptions& options) {
  check(options);
  switch (options.form) {
    case ExplainForm::text:
      write_output("-", explanation_of(options));
      break;
    case ExplainForm::json:
      write_output("-", explain_json(options));
      break;
    case ExplainForm::markdown:
      write_output("-", models_page());
      break;
  }
  return done;
}

}  // namespace weir::cli
