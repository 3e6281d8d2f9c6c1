// C++ source as the words that the rules look at.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weir::test {

struct Token {
  std::string text;  ///< an identifier, a number, `""` for any literal, `::`, `->`, else one char
  std::size_t line;  ///< from 1
  bool is_word;      ///< an identifier or a keyword
};

/// Returns the tokens of `source` without comments, literals' contents and preprocessor lines.
std::vector<Token> tokens_of(std::string_view source);

/// Returns the index of the bracket that closes the one at `open`, or the number of tokens.
std::size_t closing(const std::vector<Token>& tokens, std::size_t open);

/// Returns the index of the bracket that opens the one at `close`, or 0.
std::size_t opening(const std::vector<Token>& tokens, std::size_t close);

}  // namespace weir::test
