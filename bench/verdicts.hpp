// What was found, and the limits that it is held to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lab/figure.hpp"

namespace weir::bench {

/// One line of the table.
struct Finding {
  std::string subject;     ///< "epoll, 64 connections"
  std::string contestant;  ///< "weir"
  std::string what;        ///< "server CPU, us/request"
  lab::Figure value;
  int decimals = 2;
  std::string beside;    ///< what it is compared to, as text; may be empty
  lab::Figure compared;  ///< what the limit is on: the value itself, a ratio, a difference
  std::optional<double> limit_max;
  std::string limit = {};  ///< as text
};

enum class Verdict { none, met, missed, unknown };
Verdict judge(const Finding& finding);

/// Returns the findings as a table for a terminal; the reasons of missing figures come after it.
std::string table(const std::vector<Finding>& findings);

/// Returns the exit code: 0 when every limit is met, 4 when one is missed, 5 when one could not be
/// checked.
int exit_code(const std::vector<Finding>& findings);

}  // namespace weir::bench
