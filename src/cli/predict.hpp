#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <weir/service.hpp>

#include "lab/awake.hpp"
#include "prices/predict.hpp"

namespace weir::cli {

struct PredictOptions {
  std::string prices;               // a file of `weir prices`; empty: they are measured now
  std::vector<std::string> models;  // empty: all that can be predicted
  prices::Workload load;
  std::optional<std::size_t> cores;  // of another machine
  bool measure = false;
  std::uint32_t blocks = 3;  // of what is measured
  lab::IdleCpus idle_cpus = lab::IdleCpus::kept_awake;
  std::string json = "prediction.json";
  bool quiet = false;
  std::string command;
};

/// Says what a request and a connection will cost under each model, from prices alone, and writes
/// that down; and then, where it is asked for, what they do cost. Returns the exit code. Throws
/// Failure.
int predict(const std::vector<Service>& services, const PredictOptions& options);

}  // namespace weir::cli
