// weir against the server written by hand, in server CPU time and system calls per request.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "lab/experiment.hpp"
#include "lab/figure.hpp"

namespace weir::bench {

/// The contestants under one model, the twin written by hand first.
std::vector<lab::Contestant> contestants(const std::string& model);

/// How many connections a model is raced with: 64, and for the one that serves them one after the
/// other, 1.
std::size_t connections_for(const std::string& model);

struct RaceOptions {
  std::size_t rounds = 6;
  std::chrono::milliseconds window{1000};
  std::chrono::milliseconds warm_up{300};
  std::uint64_t seed = 0;
};

/// What a contestant paid, a figure for each round.
struct Lap {
  std::string contestant;
  std::vector<lab::Figure> cpu_ns_per_request;
  std::vector<lab::Figure> system_calls_per_request;
  /// With server and generator on one CPU. They take turns there, so that all requests of a round
  /// trip are ready at once; on a CPU each, how many are depends on which of the two is faster.
  std::vector<lab::Figure> system_calls_on_one_cpu;
};

struct Race {
  std::string model;
  std::size_t connections = 0;
  std::vector<Lap> laps;  ///< in the order of contestants()
  std::size_t runs = 0;
  std::size_t disturbed_runs = 0;  ///< other programs took part of the CPU time
};

/// Called before each run with what is about to be done.
using Say = std::function<void(const std::string& what)>;

/// Races the contestants of `model`: in each round every one of them, freshly started, in an order
/// of chance. Throws std::runtime_error when a run fails, for figures with holes compare nothing.
Race race(const std::string& model, const RaceOptions& options, const Say& say);

/// The figures of all rounds in one: their median, or the first reason why one is missing.
lab::Figure median(const std::vector<lab::Figure>& figures);

/// Of each round's figure to the twin's in the same round: the median and the range. Missing where
/// a figure is.
struct Ratio {
  lab::Figure median;
  double low = 0;
  double high = 0;
};
Ratio ratio(const std::vector<lab::Figure>& figures, const std::vector<lab::Figure>& twins);

}  // namespace weir::bench
