#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <weir/service.hpp>
#include <weir/time.hpp>

#include "cli/against.hpp"
#include "cli/effort.hpp"
#include "cli/export.hpp"
#include "lab/awake.hpp"

namespace weir::cli {

struct CompareOptions {
  bool name_service = true;              // the name is a word of `serve`; else there is but one
  std::vector<std::string> models;       // empty: all
  std::vector<Against> against;          // servers that aren't weir's, beside them
  std::vector<std::string> serve_words;  // the service's own options, for its servers
  std::vector<std::string> scenarios;    // names or files, `default`, `all`
  std::string ask;                       // a load of the user's own, in one line
  bool sweep = false;                    // the sweep over numbers of connections instead
  std::string show_scenario;             // print this one's file, and leave
  bool by_hand = false;                  // their twins without weir, too
  std::vector<std::uint32_t> connections{1, 16, 64, 256};
  Effort effort;
  lab::IdleCpus idle_cpus = lab::IdleCpus::kept_awake;
  std::optional<Duration> window;  // else as the sweep, or the scenario, says
  std::uint64_t seed = 1;
  std::string json = "results.json";
  std::string report = "report.html";
  std::string picture;   // an SVG; empty: none
  Export tables;         // for other programs
  std::string baseline;  // what an earlier run left, to be held against; empty: none
  bool plan_only = false;
  bool quiet = false;
  std::string command;  // as the user wrote it
};

/// The sweep: measures the models against each other on this service at several numbers of
/// connections, and explains the result. Returns the exit code. Throws Failure.
int compare(const Service& service, const CompareOptions& options);

}  // namespace weir::cli
