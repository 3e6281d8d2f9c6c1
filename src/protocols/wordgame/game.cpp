#include "wordgame/game.hpp"

#include <algorithm>
#include <cassert>

namespace weir::wordgame {
namespace {

std::string spaced(std::string_view letters) {
  std::string text;
  for (const char letter : letters) {
    if (!text.empty()) text += ' ';
    text += letter;
  }
  return text;
}

}  // namespace

Outcome Game::guess(std::string_view letters) {
  assert(!is_over() && "the game is over");
  if (letters.size() == 1) return guess_letter(letters.front());
  if (letters.size() != word_.size()) return Outcome::wrong_length;
  if (letters != word_) return missed();
  guessed_whole_ = true;
  return Outcome::won;
}

Outcome Game::guess_letter(char letter) {
  if (is_tried(letter)) return Outcome::tried_before;
  tried_.set(static_cast<std::size_t>(letter - 'a'));
  if (word_.find(letter) == std::string::npos) return missed();
  return is_guessed() ? Outcome::won : Outcome::hit;
}

Outcome Game::missed() {
  ++misses_;
  return misses_left() == 0 ? Outcome::lost : Outcome::miss;
}

bool Game::is_guessed() const {
  return guessed_whole_ ||
         std::all_of(word_.begin(), word_.end(), [this](char letter) { return is_tried(letter); });
}

std::string Game::masked() const {
  std::string known = word_;
  for (char& letter : known) {
    if (!is_tried(letter) && !guessed_whole_) letter = '_';
  }
  return spaced(known);
}

std::string Game::tried() const {
  std::string letters;
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    if (is_tried(letter)) letters += letter;
  }
  return spaced(letters);
}

}  // namespace weir::wordgame
