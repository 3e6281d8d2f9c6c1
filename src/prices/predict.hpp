// What a request will cost under a model, from the price list alone (docs/PREDICT.md).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "prices/prices.hpp"

namespace weir::prices {

/// Requests of the framed protocol, 64 bytes each.
struct Workload {
  std::size_t connections = 64;
  std::optional<double> rate_rps;  ///< of an open loop; none: full load
  bool churn = false;              ///< a connection for each request
};

/// A part of the cost: so many times a price.
struct Term {
  std::string price;  ///< the name in the list; "thread_switch - event_calls": the difference
  double times = 1;
  double ns = 0;    ///< of all of them
  std::string why;  ///< what the model does there
};

struct Prediction {
  std::string model;
  lab::Figure cpu_ns_per_request;  ///< of the server
  std::vector<Term> terms;         ///< that it is the sum of
  lab::Figure user_bytes_per_connection;
  lab::Figure kernel_bytes_per_connection;  ///< stack and page tables, without socket buffers
  lab::Figure measured_cpu_ns;              ///< what came of it, where it was measured
  lab::Figure measured_cpu_ns_at_prices;    ///< the same, had the machine been as fast as it was
                                            ///< when the list was made (Gauge)
  lab::Figure measured_user_bytes;
  lab::Figure measured_kernel_bytes;
};

/// Returns the models that something can be said about.
std::vector<std::string> predicted_models();

/// Returns the prediction. What a price is missing for is missing, with the reason. Throws
/// std::invalid_argument for a model that is none of predicted_models().
Prediction predict(const PriceList& list, const Workload& load, const std::string& model);

/// Returns by how much the prediction is off: 0.2 for a fifth too high; missing when one side is.
lab::Figure relative_error(const lab::Figure& predicted, const lab::Figure& measured);

}  // namespace weir::prices
