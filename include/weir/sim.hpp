#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <weir/service.hpp>

namespace weir {

/// What `simulate` is to do.
struct SimOptions {
  std::uint64_t first_seed = 1;
  std::uint64_t seeds = 100;  // runs, with the seeds that follow the first
  /// Bounds the ops of one run: a session that goes on for ever fails it.
  std::uint64_t ops_max = 2'000'000;
  /// After so many failures no further seed is tried.
  std::uint32_t failures_max = 1;
  /// Gets a line for each op and event. Null: none.
  std::function<void(std::string_view line)> trace = {};
};

/// A run that failed. The same seed gives the same run, and so the same failure.
struct SimFailure {
  std::uint64_t seed = 0;
  std::string what;  // one sentence
};

/// How often a fault came to ops of a verb.
struct SimCovered {
  std::string verb;
  std::string fault;
  std::uint64_t times = 0;
};

struct SimResult {
  std::uint64_t seeds = 0;      // that were run
  std::uint64_t ops = 0;        // that sessions of both sides completed
  std::uint64_t hash = 0;       // of all traces: the same for the same service, seeds and build
  std::uint64_t different = 0;  // traces
  std::vector<SimFailure> failures = {};
  std::vector<SimCovered> coverage = {};  // every pair that can occur, by verb

  /// No run has failed.
  bool ok() const { return failures.empty(); }
};

/// Runs sessions of `service` against clients made of its `exchanges`, in a simulated network, once
/// for each seed: what arrives when, in which pieces, what breaks, who is slow and who leaves all
/// follow from the seed. The clock is virtual: nothing is waited for. docs/SIM.md says what is
/// simulated, and what is held against the service.
///
///     TEST(Shout, SurvivesTheNetwork) {
///       const weir::SimResult result = weir::simulate(shout(), {.seeds = 500});
///       EXPECT_TRUE(result.ok()) << result.failures.front().what;
///     }
///
/// Runs on the calling thread, and offloaded work as well; sessions must not block or use threads of
/// their own. Throws std::invalid_argument when the service has no exchanges, and what `prepare`
/// throws.
SimResult simulate(const Service& service, const SimOptions& options = {});

}  // namespace weir
