// The command lines of the benchmarks that hold a duel.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "bench/duel.hpp"
#include "bench/program.hpp"

namespace weir::bench {

/// An option that only one of them has; it takes a value.
struct OwnOption {
  const char* name;  // without its dashes
  std::function<void(const char* value)> take;
};

/// Reads --connections, --rounds and --seed (by chance, when it isn't said), and what else there is.
/// With --help it prints `usage` and ends; what it doesn't know is refused.
void parse_duel(const Program& program, std::string_view usage, int argc, char** argv,
                std::size_t& connections, DuelOptions& duel,
                const std::vector<OwnOption>& own = {});

}  // namespace weir::bench
