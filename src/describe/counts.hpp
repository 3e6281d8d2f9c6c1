#pragma once

#include <string_view>

#include "describe/facts.hpp"

namespace weir::describe {

/// How a source writes system calls.
enum class Spelling {
  global,  // always `::recv(...)`, as weir's own sources, whose classes have a `close` of their own
  any,     // `recv(...)`, too
};

/// Returns the counts of a C++ source.
///
/// Branches: `if`, `for`, `while`, `case`, `catch`, `?:`, and `&&` and `||` (with blanks before
/// them, as clang-format writes the operators; `T&&` is a type).
/// System calls: calls of the C library's wrappers by name, as `::recv(...)`, or as `recv(...)`
/// where it may be written so and the source declares no function of that name; of `syscall(SYS_name)` the name behind SYS_.
/// Calls of a library: `io_uring_...(`, `uv_...(`, `async_...(`, and whatever is called by a name
/// of Boost's (`asio::...(`, `boost::...(`).
/// All are counted where they are written, once, however often they run.
Counts count(std::string_view source, Spelling system_calls);

}  // namespace weir::describe
