#pragma once
#include <string>
#include <string_view>

namespace weir::wordgame {

/// A player that guesses letter by letter, the most frequent ones of English first, and checks that
/// each answer agrees with what it has guessed and been told before. Pure: lines in, guesses out.
/// Throws ProtocolError where an answer can't be right.
class Player {
 public:
  /// `line` shows the word of a new game: `word: _ _ _ (7 misses left)`, or `new: ...`.
  void begin(std::string_view line);

  /// The letter to be guessed now. Not once the game is over.
  char next();

  /// The answer to it.
  void take(std::string_view answer);

  bool is_over() const { return over_; }

 private:
  void take_shown(bool hit, std::string_view shown);
  void take_word(std::string_view word, bool won);

  std::string known_;    // a `_` for each letter that isn't
  std::string guessed_;  // in the order in which they were
  int misses_left_ = 0;
  bool over_ = true;
};

}  // namespace weir::wordgame
