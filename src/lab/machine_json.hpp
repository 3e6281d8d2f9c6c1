#pragma once

#include "lab/json.hpp"
#include "lab/results.hpp"

namespace weir::lab {

/// Returns the machine as a JSON object (docs/RESULTS.md), and what such an object says of one.
Json json_of(const Machine& machine);
Machine machine_from(const Json& json);

}  // namespace weir::lab
