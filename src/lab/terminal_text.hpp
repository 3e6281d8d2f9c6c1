// Text for a terminal.
#pragma once

#include <cstddef>
#include <string>

namespace weir::lab {

enum class Colour { none, ansi };
enum class Tone { plain, strong, faint, warning };

/// Returns the text in that tone; unchanged with Colour::none.
std::string toned(const std::string& text, Tone tone, Colour colour);

/// Returns the words of a paragraph in lines of at most 100 columns.
std::string wrapped(const std::string& text);

}  // namespace weir::lab
