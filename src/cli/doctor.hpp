#pragma once
#include <string>
#include <vector>

#include "cli/list.hpp"

namespace weir::cli {

/// What was found out about one thing that servers and measurements rest on.
struct Finding {
  enum class Level {
    ok,       // nothing is the matter
    note,     // all runs, but less than could be
    problem,  // a model can't run here, or a figure can't be had
  };
  Level level = Level::ok;
  std::string name;
  std::string found;
  std::string stops = {};  // which model, or which figure
  std::string way_out = {};
};

/// Looks at this machine and says what would stop which model or which figure, and what to do.
/// Returns the exit code: `done` when nothing is stopped, else `failed`.
int doctor(Form form);

}  // namespace weir::cli
