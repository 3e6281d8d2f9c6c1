#pragma once
#include <string>
#include <string_view>

namespace weir::cli {

/// Writes `text` to the file `path`, or to stdout when that is `-`. Throws Failure (run time) with
/// the cause.
void write_output(const std::string& path, std::string_view text);

/// Whether stderr is a terminal that lines may be rewritten on, and stdout one that may be coloured
/// (a terminal, and NO_COLOR unset: no-color.org).
bool progress_wanted();
bool colour_wanted();

}  // namespace weir::cli
