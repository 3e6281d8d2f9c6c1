#pragma once
#include <functional>
#include <vector>

#include <weir/io.hpp>

#include "load/course.hpp"

namespace weir::load {

/// The clients beside the measured ones. They count themselves as placed, once each.
std::vector<std::function<Task<>(Io&)>> persona_sessions(Course& course);

}  // namespace weir::load
