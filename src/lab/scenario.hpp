// A scenario: a load, and by which figure the servers under it are judged. Scenarios are text files
// (docs/SCENARIOS.md); those that ship with the command lie in scenarios/ and are part of it.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lab/criterion.hpp"
#include "lab/experiment.hpp"

namespace weir::lab {

struct Scenario {
  std::string name;      ///< the file's name without folder and extension
  std::string question;  ///< what it finds out, as a question
  std::string about;     ///< what the load is
  std::string service = "work";
  Criterion judge = Criterion::cpu;
  std::optional<Goal> goal;  ///< who doesn't keep to it isn't ranked
  std::size_t connections = 0;
  std::chrono::milliseconds window{500};  ///< how long a run is measured
  std::vector<std::string> serve;         ///< words of `weir serve`, for every server
  std::vector<std::string> contestants;   ///< `MODEL [words of weir serve]`; empty: every model
  std::vector<std::string> load;          ///< words of `weir load TARGET -c CONNECTIONS`
  std::vector<std::size_t> percents;  ///< the rates of a curve, of what each can do; see climb()
  std::vector<BesideLoad> beside;
  bool unpinned = false;  ///< the server may use every CPU, and shares them with the load
  bool losses = false;  ///< connections may break off, and the server end: that is what is measured
  std::string text;     ///< the file
};

/// Returns how many clients there are: of the measured load, and its personas.
std::size_t clients_of(const Scenario& scenario);

/// Reads a scenario. `name` becomes its name and stands in front of error messages. Throws
/// std::runtime_error with one sentence, `NAME:LINE: what is wrong`.
Scenario parse_scenario(std::string_view text, std::string_view name);

/// Reads a scenario from a file. Throws as parse_scenario does (with the file's path), or with one
/// sentence when the file can't be read.
Scenario read_scenario(const std::filesystem::path& file);

/// Returns those that ship with the command, in the order in which they are to be read.
const std::vector<Scenario>& shipped_scenarios();

/// Returns their names alone.
std::vector<std::string> shipped_names();

/// Returns the scenario that ships under that name, or that of the file (a name with `/` or `.` in
/// it). Throws std::runtime_error with one sentence when there is none.
Scenario find_scenario(const std::string& name);

}  // namespace weir::lab
