#pragma once
#include <bitset>
#include <string>
#include <string_view>

namespace weir::wordgame {

/// What a guess came to.
enum class Outcome {
  hit,
  miss,
  tried_before,  // a letter; it counts for nothing
  wrong_length,  // a whole word that can't be it; it counts for nothing
  won,
  lost,
};

/// One game: a hidden word is guessed, letter by letter or whole. The rules, and nothing else.
class Game {
 public:
  /// So many letters and words that are not right lose the game.
  static constexpr int misses_max = 7;

  /// `word`: at least two letters, all from a to z.
  explicit Game(std::string word) : word_(std::move(word)) {}

  /// Guesses a letter, or the whole word, of letters from a to z. Not once the game is over.
  Outcome guess(std::string_view letters);

  bool is_over() const { return is_guessed() || misses_left() == 0; }
  int misses_left() const { return misses_max - misses_; }
  const std::string& word() const { return word_; }
  /// The word as far as it is known: `_ a _ _ e _`.
  std::string masked() const;
  /// The letters that were tried, in the order of the alphabet: `a e x`.
  std::string tried() const;

 private:
  Outcome guess_letter(char letter);
  Outcome missed();
  bool is_tried(char letter) const { return tried_[static_cast<std::size_t>(letter - 'a')]; }
  bool is_guessed() const;

  std::string word_;
  std::bitset<26> tried_;
  int misses_ = 0;
  bool guessed_whole_ = false;
};

}  // namespace weir::wordgame
