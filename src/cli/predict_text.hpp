#pragma once
#include <optional>
#include <string>
#include <vector>

#include "prices/predict.hpp"

namespace weir::cli {

/// A prediction, and what came of it.
struct Foretold {
  prices::PriceList prices;
  prices::Workload load;
  std::optional<std::size_t> cores;  // of another machine
  std::vector<prices::Prediction> predictions;
  bool measured = false;
  std::string measured_cpus_sleep = {};  // why idle CPUs may have slept then; empty: kept awake
  double noise_floor = 0;                // of what was measured
  lab::Figure dearer = {};               // prices meanwhile, so many times those of the list
  std::string command;
};

/// For a person: a line for each model, and what has been assumed.
std::string text_of(const Foretold& foretold);

/// Schema weir.predict/1 (docs/PREDICT.md).
std::string to_json(const Foretold& foretold);

}  // namespace weir::cli
