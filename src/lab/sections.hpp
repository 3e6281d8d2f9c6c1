// The sections of the report's page, each a piece of HTML.
#pragma once

#include <string>

#include "lab/results.hpp"

namespace weir::lab {

std::string head_html(const Results& results);     ///< the answer, the machine, the noise floor
std::string summary_html(const Results& results);  ///< the table of all rows, and what they say
std::string plots_html(const Results& results);    ///< every picture with its table and command
std::string method_html(const Results& results);   ///< how it was measured
std::string runs_html(const Results& results);     ///< every run, and the command for all

/// Returns the contestant of a run, marked where it is the A/A twin.
std::string run_name(const Cell& cell);

/// Returns a noise floor as "1.12x", or "unknown" where none was measured.
std::string floor_text(double floor);

/// Returns the text, or a dash in its place.
std::string dash_if_empty(const std::string& text);

/// Returns a row's rate, marked where it is a lower bound.
std::string rate_of(const Row& row);

}  // namespace weir::lab
