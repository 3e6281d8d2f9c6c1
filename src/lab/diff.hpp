// Two runs of a comparison against each other: what has become dearer, beyond the noise of both?
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lab/figure.hpp"
#include "lab/results.hpp"

namespace weir::lab {

enum class Change {
  worse,        ///< beyond the noise
  better,       ///< beyond the noise
  cannot_tell,  ///< closer than the noise, or the blocks of both overlap
  unknown,      ///< there is nothing to compare
};

/// One contestant at one number of connections, in both runs.
struct Difference {
  std::string contestant;
  std::size_t connections = 0;
  Figure before_ns;  ///< server CPU for a request
  Figure after_ns;
  Figure ratio;            ///< after to before
  Figure reference_ratio;  ///< the same of what it cost against the reference of its own run
  Change change = Change::unknown;
};

struct Diff {
  std::vector<Difference> rows;
  Figure noise_floor;                    ///< a ratio: the product of both runs' floors
  std::vector<std::string> only_before;  ///< "epoll, 64 connections"
  std::vector<std::string> only_after;
  std::vector<std::string> sentences;

  std::size_t count(Change change) const;
};

/// Compares the rows that both runs have. A row has changed when its ratio is beyond the product of
/// both runs' noise floors and no block of one run cost as much as one of the other. Throws
/// std::invalid_argument when the runs have no row in common, or are of different services.
Diff diff(const Results& before, const Results& after);

/// Returns it as text, and as JSON: schema weir.diff/1 (docs/RESULTS.md).
std::string table(const Diff& diff);
std::string to_json(const Diff& diff);

/// Returns "dearer", "cheaper", "can't tell", or "n/a".
std::string name(Change change);

/// What two runs differ by for other reasons than the servers, as sentences, each empty where there
/// is nothing to say. `log_ratios`: how each row moved; `floor`: closer than that is noise.
std::string drift_text(const std::vector<double>& log_ratios, double floor);
std::string machines_text(const Machine& before, const Machine& after);
std::string one_sided_text(const std::vector<std::string>& rows, const char* where);

}  // namespace weir::lab
