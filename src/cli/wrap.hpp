#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace weir::cli {

/// How wide a terminal is taken to be: what people read is wrapped there.
constexpr std::size_t terminal_columns = 80;

/// Returns `text` as lines of at most `terminal_columns`, each ended by a newline: the first behind
/// `first`, those below it indented as far as `indent` says. Newlines in `text` are kept.
std::string wrapped(std::string_view text, std::string_view first, std::size_t indent);

}  // namespace weir::cli
