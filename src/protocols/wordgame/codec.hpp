#pragma once
#include <cstddef>
#include <string>

#include "lines/lines.hpp"
#include "wordgame/game.hpp"

namespace weir::wordgame {

/// The longest line that may be said.
inline constexpr std::size_t line_bytes_max = 64;

/// What a line says. Blanks around it don't matter, nor whether its letters are capitals.
struct Command {
  enum class Kind { guess, help, another, quit, empty, no_letters, too_long };
  Kind kind;
  std::string letters;  // of a guess, small ones
};

Command parse(const lines::Line& line);

/// What is said to who comes: two lines, the second of which shows the word.
std::string greeting(const Game& game);

/// What is said to `command`, which changes `game` if it is a guess. Each line begins with a word
/// that tells of what kind it is: `yes: `, `no: `, `won: `, `lost: `, `help: `, `error: ` ... Not
/// for `another` and `quit`, which are the session's.
std::string answer(const Command& command, Game& game);

/// What is said to `new`, when `next` follows `game`, and to `quit`.
std::string another(const Game& game, const Game& next);
std::string farewell(const Game& game);

}  // namespace weir::wordgame
