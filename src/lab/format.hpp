// Numbers as a person reads them.
#pragma once

#include <string>

#include "lab/figure.hpp"

namespace weir::lab {

/// Returns `figure` with its unit chosen to fit, and "n/a" when it is missing.
std::string rate_text(const Figure& figure_rps);     ///< "188k/s"
std::string time_text(const Figure& figure_ns);      ///< "305 us", "1.2 ms"
std::string bytes_text(const Figure& figure_bytes);  ///< "12.6 KiB"

/// Returns microseconds without the unit: "5.06", or "n/a".
std::string microseconds_text(const Figure& figure_ns);

/// Returns the figure with two digits behind the point (none from 100 on), or "n/a".
std::string count_text(const Figure& figure);

/// Returns a ratio: "1.12x".
std::string ratio_text(double ratio);

}  // namespace weir::lab
