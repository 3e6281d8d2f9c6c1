// The results as a page and as a picture.
#pragma once

#include <string>

#include "lab/results.hpp"

namespace weir::lab {

/// Returns a self-contained HTML page: no scripts, no links to anything outside it.
std::string html(const Results& results);

/// Returns one stand-alone SVG picture of the result (who waits, and what a request costs), for a
/// README. Its text is readable on light and dark pages.
std::string picture(const Results& results);

}  // namespace weir::lab
