// Who of a trial's contestants did how well by the figure that it judges by, and who is as good.
#pragma once

#include "lab/trial.hpp"

namespace weir::lab {

/// Fills Trial::findings and Trial::noise_floor by the figure Trial::judge. Where that is the rate at
/// full load, and the load generator was the limit of the best ones, so that theirs are only lower
/// bounds, it becomes the server CPU per request: then those are ranked whose rate isn't known to be
/// lower.
void rank(Trial& trial);

}  // namespace weir::lab
