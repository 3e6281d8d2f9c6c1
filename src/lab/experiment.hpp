// `weir compare` as a library: which contestant costs what, on this machine, under which load.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lab/awake.hpp"
#include "lab/criterion.hpp"
#include "lab/machine.hpp"
#include "lab/report.hpp"
#include "lab/results.hpp"
#include "lab/summary.hpp"
#include "lab/table.hpp"

namespace weir::lab {

/// A server to be measured. It must listen on a port of the kernel's choice and say on stderr which
/// (see start_server). One that isn't weir's has a command instead, in which its port is named (see
/// start_external).
struct Contestant {
  std::string name;
  std::vector<std::string> argv;
  std::string command = {};

  bool external() const { return !command.empty(); }
};

/// A load that runs beside the measured one.
struct BesideLoad {
  std::vector<std::string> words;      ///< of `weir load TARGET`
  std::chrono::milliseconds after{0};  ///< when it begins, counted from the measured one's start
  std::vector<std::string>
      through;  ///< words of `weir serve relay`, which it goes through; or none
};

struct CompareOptions {
  std::string weir = "weir";        ///< the executable that makes the load
  std::string protocol = "framed";  ///< the service that is measured
  bool name_service = true;  ///< its name is a word of `serve` and `client`; else it has but one
  std::vector<std::string> serve_words;  ///< what the service's servers are told besides
  std::vector<Contestant> contestants;   ///< from the simplest to the most complicated
  std::string reference = "epoll";       ///< what the others are compared to; runs twice (A/A)
  std::vector<std::size_t> connections = {1, 16, 64, 256};
  std::vector<std::string> load_words;  ///< what `weir load` is told besides
  std::vector<std::size_t> percents;    ///< each run is a curve of such rates; see climb()
  std::optional<Goal> goal;             ///< what the answer to a curve keeps to
  std::vector<BesideLoad> beside;
  bool unpinned = false;  ///< servers and loads may use every CPU, and share them
  bool losses = false;    ///< connections may break off and the server end: that is measured
  std::size_t blocks = 3;
  std::chrono::milliseconds window{700};
  std::chrono::milliseconds warm_up{300};
  std::size_t clients = 0;  ///< that connect in each run, for the estimate; 0: as `connections`
  std::uint64_t seed = 1;
  std::chrono::seconds budget{0};  ///< 0: none; obeyed by dropping blocks, never warm-up
  double repeats_share = 0.25;     ///< of the estimate, for runs that were noisy
  IdleCpus idle_cpus = IdleCpus::kept_awake;
  bool lanes = true;    ///< also run simulated clients, to show who waits
  std::string command;  ///< how a person repeats this; for the report
  std::string version;
  const std::atomic<bool>* stop = nullptr;  ///< when it becomes true: report so far

  bool stopped() const { return stop != nullptr && stop->load(); }
};

/// Returns the words of a contestant's name.
std::vector<std::string> words_of(const std::string& name);

/// Returns contestants of these names: `weir serve framed -m NAME`, or what `options` say instead
/// of `weir` and `framed` and besides, on a port of the kernel's choice. A name may have further words
/// of the command: `epoll --offload inline`.
std::vector<Contestant> models(const CompareOptions& options,
                               const std::vector<std::string>& names);

/// Returns `weir VERB SERVICE`, as far as the options say.
std::vector<std::string> service_command(const CompareOptions& options, const std::string& verb);

/// One cell to be run.
struct PlannedCell {
  std::size_t contestant = 0;  ///< its place in CompareOptions::contestants
  bool twin = false;
  std::size_t connections = 0;
  std::size_t block = 0;
};

struct Plan {
  std::vector<PlannedCell> cells;  ///< in the order in which they run
  std::size_t blocks = 0;          ///< fewer than asked for where the budget is short
  double cell_s = 0;               ///< the estimate for one cell
  double estimate_s = 0;           ///< for all, lanes included
};

struct ProgressEvent {
  std::size_t cell = 0;  ///< counted from 1
  std::size_t cells = 0;
  double left_s = 0;
  std::string doing;  ///< "thread, 64 connections"
};
using Progress = std::function<void(const ProgressEvent&)>;

/// Returns what will be run, and about how long it takes; the same for the same seed. Throws
/// std::invalid_argument when the options can't be carried out (no contestant, no such reference,
/// no blocks).
Plan plan(const CompareOptions& options);

/// Runs the plan: a fresh server for each cell. Calls `progress` before each. A cell that fails is
/// part of the results and no error. Throws as plan() does, and std::system_error when not even
/// processes can be started.
Results run(const CompareOptions& options, const Progress& progress);

/// Returns the results as JSON (docs/RESULTS.md describes it).
std::string to_json(const Results& results);

}  // namespace weir::lab
