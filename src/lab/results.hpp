// What a comparison is asked, and what it finds out. Plain data: run() fills it, summarize() judges
// it, table(), html() and to_json() show it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "lab/figure.hpp"
#include "lab/server_meter.hpp"
#include "lab/statistics.hpp"
#include "lab/verdict.hpp"

namespace weir::lab {

/// Returns the name under which the same model, written out without weir, is a contestant.
std::string by_hand_name(const std::string& model);

/// Whether a contestant is such a one, and of which model it is (its own name when it is none).
bool is_by_hand(const std::string& contestant);
std::string model_of(const std::string& contestant);

/// Whether a client waits for its answer before it asks again. In an open loop the latencies are the
/// responses': they count from when a request was due.
enum class Loop { closed, open };

/// One rate of a curve.
struct CurvePoint {
  std::size_t percent = 0;  ///< of what the server did at most
  Figure offered_rps;
  Figure throughput_rps;
  Figure p50_ns;
  Figure p99_ns;
  bool generator_late = false;
};

/// One run: one model, one number of connections, one block.
struct Cell {
  std::string contestant;
  bool twin = false;  ///< the A/A twin of the reference
  std::size_t connections = 0;
  std::size_t block = 0;
  std::size_t attempts = 1;  ///< noisy cells are repeated
  Loop loop = Loop::closed;
  bool generator_late = false;  ///< open loop: it sent too late, or too little, by its own fault
  Figure offered_rps;           ///< open loop: requests that were due, a second
  Figure send_lag_p90_ns;       ///< open loop: by how much it was late
  Figure send_lag_p99_ns;
  Figure send_lag_p99_calm_ns;
  Figure connected;
  Figure served;
  double window_ns = 0;
  Figure requests;
  Figure throughput_rps;
  Figure errors;
  Figure mean_ns;
  Figure p50_ns;
  Figure p90_ns;
  Figure p99_ns;
  Figure p99_calm_ns;  ///< in the calmer slices of the window (docs/LOAD.md)
  Figure p999_ns;
  Figure max_ns;
  Figure generator_cpu_ns;
  Figure generator_cpu_ns_per_request;
  Figure generator_run_queue_wait_ns;
  Figure generator_utilisation;
  Figure unserved;
  Figure jain;
  Figure littles_law;  ///< closed loop: requests under way, by rate and latency, over connections
  bool unsteady = false;          ///< the halves of the window differ
  Figure capacity_rps;            ///< of a curve: what its percents are of
  std::vector<CurvePoint> curve;  ///< the figures above are those of one of its points
  ServerFigures server;
  std::string failure;  ///< why there are no figures; empty: there are
  Verdict verdict;
};

/// One line of the table: one model at one number of connections, over all blocks (medians).
struct Row {
  std::string contestant;
  std::size_t connections = 0;
  std::size_t blocks = 0;
  Figure cpu_ns_per_request;
  Figure cpu_low_ns;  ///< the lowest and the highest block
  Figure cpu_high_ns;
  Figure voluntary_switches_per_request;
  Figure involuntary_switches_per_request;
  Figure system_calls_per_request;
  Figure throughput_rps;
  Figure p50_ns;
  Figure p99_ns;
  Figure user_bytes_per_connection;
  Figure kernel_bytes_per_connection;  ///< kernel stack and page tables, without socket buffers
  Figure unserved;
  Verdict verdict;
  bool rate_is_lower_bound = false;  ///< the generator was the limit: at least this rate
  Estimate cpu_to_reference;         ///< of the CPU per request; blocks 0: not comparable
  std::string cpu_letters;           ///< empty: not ranked
  std::string rate_letters;          ///< empty: not ranked
};

/// Who waits: one client of several that came at once.
struct LaneEvent {
  double at_ms = 0;
  std::string what;  ///< connected, sending, received or disconnecting
  std::string text;
};
struct Lane {
  std::string name;
  std::vector<LaneEvent> events;
};
struct LaneSet {
  std::string contestant;
  std::vector<Lane> lanes;
  double elapsed_ms = 0;
  std::string command;
  std::string failure;  ///< empty: it went well
};

struct Machine {
  std::string processor;
  std::string kernel;
  std::string system;
  std::string virtualisation;  ///< empty: none seen
  std::size_t cpus = 0;
  double memory_bytes = 0;
  std::vector<int> server_cpus;
  std::vector<int> generator_cpus;
  /// Why idle CPUs may sleep (Awake::why_not); empty: they are kept awake.
  std::string cpus_sleep = "not asked to stay awake";
};

struct Results {
  std::string protocol = "framed";
  std::string reference;
  std::vector<std::string> contestants;
  std::map<std::string, std::string> commands;  ///< of the contestants that aren't weir's
  std::vector<std::size_t> connections;
  std::size_t blocks = 0;
  std::size_t cells_planned = 0;
  double window_ms = 0;
  double warm_up_ms = 0;
  std::uint64_t seed = 0;
  double elapsed_s = 0;
  bool interrupted = false;
  std::string command;  ///< repeats this comparison
  std::string started;  ///< UTC, ISO 8601
  std::string version;
  Machine machine;
  std::vector<Cell> cells;
  std::vector<LaneSet> lanes;

  // What summarize() makes of them.
  std::vector<Row> rows;
  double cpu_noise_floor = 0;  ///< a ratio; 0: unknown, since no A/A pair was measured
  double rate_noise_floor = 0;
  std::size_t noise_pairs = 0;
  std::string answer;                     ///< one paragraph
  std::vector<std::string> explanations;  ///< further ones
};

}  // namespace weir::lab
