// Servers that aren't weir's, as contestants.
#pragma once
#include <string>
#include <vector>

namespace weir::lab {
struct CompareOptions;
}

namespace weir::cli {

struct Against {
  std::string name;
  std::string command;  // with {port}
};

/// Of `NAME=COMMAND {port}`. Throws std::invalid_argument with one sentence.
Against parse_against(const std::string& word);

/// Starts each, and has it answer one request of the service's. Returns what is wrong with the first
/// that can't, in a sentence; empty: nothing.
std::string fault_of(const Against& against, const lab::CompareOptions& experiment);

/// Adds them to the contestants. Throws Failure (wrong usage) when a name is taken.
void add_against(lab::CompareOptions& experiment, const std::vector<Against>& all);

}  // namespace weir::cli
