// What can be said after the verbs that explain: list, explain, doctor.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/doctor.hpp"
#include "cli/list.hpp"
#include "cli/model_table.hpp"
#include "cli/products.hpp"
#include "cli/verbs.hpp"

namespace weir::cli {

void Verbs::add_list(CommandLine& line) {
  Verb verb = line.verb("list", "Understand", "Name models, services and set-ups");
  verb.flag("--json", json_, "for programs");
  verb.examples({program_ + " list", program_ + " list --json"});
  verb.action([this] { return list(services_, json_ ? Form::json : Form::text); });
}

void Verbs::add_explain(CommandLine& line) {
  Verb verb = line.verb("explain", "Understand", "Say how a model works, and what it costs");
  verb.word("MODEL", explain_.name,
            fmt::format("{}, {}", fmt::join(model_names(), ", "), fmt::join(product_names(), ", ")),
            Verb::Needed::no);
  verb.flag("--all", explain_.all, "all models");
  verb.text("--results", "FILE", explain_.results,
            "where its figures are, as compare wrote them (results.json, if there is one)");
  verb.flag("--json", json_, "for programs");
  verb.flag("--markdown", markdown_, "with --all: docs/MODELS.md");
  verb.either("--json", "--markdown");
  verb.examples({program_ + " explain epoll", program_ + " explain thread --results before.json"});
  verb.action([this] {
    explain_.program = program_;
    if (json_) explain_.form = ExplainForm::json;
    if (markdown_) explain_.form = ExplainForm::markdown;
    return explain(explain_);
  });
}

void Verbs::add_doctor(CommandLine& line) {
  Verb verb = line.verb("doctor", "Understand", "Say what here would stop a model or a figure");
  verb.flag("--json", json_, "for programs");
  verb.examples({program_ + " doctor          # exit code 0: nothing is stopped, 1: something is",
                 program_ + " doctor --json"});
  verb.action([this] { return doctor(json_ ? Form::json : Form::text); });
}

}  // namespace weir::cli
