// C++ source as words, for the rules that look at it and for the counts of what was written.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weir::describe {

struct Token {
  std::string text;  ///< an identifier, a number, `""` for any literal, `::`, `->`, else one char
  std::size_t line;  ///< from 1
  bool is_word;      ///< an identifier or a keyword
  bool after_space;  ///< a blank or the beginning of a line stands before it
};

/// Returns the tokens of `source` without comments, literals' contents and preprocessor lines.
std::vector<Token> tokens_of(std::string_view source);

/// Returns how many lines of `source` hold more than blanks and comments.
std::size_t lines_of_code(std::string_view source);

/// Returns the index of the bracket that closes the one at `open`, or the number of tokens.
std::size_t closing(const std::vector<Token>& tokens, std::size_t open);

/// Returns the index of the bracket that opens the one at `close`, or 0.
std::size_t opening(const std::vector<Token>& tokens, std::size_t close);

}  // namespace weir::describe
