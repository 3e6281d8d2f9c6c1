#pragma once
#include <string>

#include <weir/stream.hpp>
#include <weir/task.hpp>

#include "lines/lines.hpp"

namespace weir::lines {

/// For clients: the next line that the server says. `heard` is what has come from it so far.
/// Throws ProtocolError when it ends instead, or says too long a line, and StreamError.
Task<std::string> hear(Stream& server, Lines& heard);

}  // namespace weir::lines
