#pragma once
#include <functional>
#include <string>
#include <vector>

#include <weir/io.hpp>

#include "load/course.hpp"

namespace weir::load {

/// The bytes that a client writes before it waits for an answer: the session of a request is run
/// against a stream that takes everything and gives nothing.
std::string request_of(const Exchanges& exchanges, std::size_t request_bytes);

/// The clients beside the measured ones. They count themselves as placed, once each.
std::vector<std::function<Task<>(Io&)>> persona_sessions(Course& course);

}  // namespace weir::load
