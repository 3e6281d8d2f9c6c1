#pragma once
#include <string>

namespace weir::cli {

enum class ExplainForm { text, json, markdown };

struct ExplainOptions {
  std::string name;     // of a model or a set-up; empty: `all`
  bool all = false;     // every model
  std::string results;  // what `weir compare` wrote; empty: results.json, if there is one
  ExplainForm form = ExplainForm::text;
  std::string program = "weir";  // how the command is called
};

/// Says how a model works, what it took to write it, and what was last measured of it. Returns the
/// exit code. Throws Failure.
int explain(const ExplainOptions& options);

}  // namespace weir::cli
