#pragma once

#include <string_view>

#include "describe/facts.hpp"

namespace weir::describe {

/// Returns the comment that `source` begins with: `// NAME: TITLE.`, then questions at the left
/// margin, their answers two blanks or more behind the question mark and indented below, and
/// paragraphs. A source without such a comment has an empty head.
Head head_of(std::string_view source);

}  // namespace weir::describe
