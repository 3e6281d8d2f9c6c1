#include "wordgame/player.hpp"

#include <cassert>
#include <charconv>
#include <system_error>

#include <weir/service.hpp>

#include "wordgame/game.hpp"

namespace weir::wordgame {
namespace {

constexpr std::string_view by_frequency = "etaoinshrdlucmfwypvbgkjqxz";

[[noreturn]] void fail(const std::string& what, std::string_view line) {
  throw ProtocolError("the server " + what + ": '" + std::string(line) + "'");
}

struct Shown {
  std::string known;
  int misses_left = 0;
};

/// Of `_ a _ (6 misses left)`, and perhaps more behind it.
Shown parse_shown(std::string_view line) {
  Shown shown;
  std::size_t at = 0;
  for (; at + 1 < line.size() && line[at] != '(' && line[at + 1] == ' '; at += 2) {
    shown.known += line[at];
  }
  const char* const end = line.data() + line.size();
  const bool opened = at < line.size() && line[at] == '(';
  const auto [rest, error] =
      std::from_chars(line.data() + at + (opened ? 1 : 0), end, shown.misses_left);
  const std::string_view behind(rest, static_cast<std::size_t>(end - rest));
  if (!opened || error != std::errc() || !behind.starts_with(" miss") || shown.known.size() < 2) {
    fail("shows no word", line);
  }
  return shown;
}

/// Cuts `prefix` off; false when `line` doesn't begin with it.
bool cut(std::string_view& line, std::string_view prefix) {
  if (!line.starts_with(prefix)) return false;
  line.remove_prefix(prefix.size());
  return true;
}

}  // namespace

void Player::begin(std::string_view line) {
  std::string_view rest = line;
  if (!cut(rest, "word: ") && !cut(rest, "new: ")) fail("began no game", line);
  Shown shown = parse_shown(rest);
  if (shown.known.find_first_not_of('_') != std::string::npos) fail("gave letters away", line);
  if (shown.misses_left != Game::misses_max) fail("counts misses before a guess", line);
  known_ = std::move(shown.known);
  misses_left_ = shown.misses_left;
  guessed_.clear();
  over_ = false;
}

char Player::next() {
  assert(!over_ && guessed_.size() < by_frequency.size());
  guessed_ += by_frequency[guessed_.size()];
  return guessed_.back();
}

void Player::take(std::string_view answer) {
  std::string_view rest = answer;
  if (cut(rest, "yes: ")) return take_shown(true, rest);
  if (cut(rest, "no: ")) return take_shown(false, rest);
  const bool won = cut(rest, "won: the word is ");
  if (!won && !cut(rest, "lost: the word was ")) fail("gave a wrong answer to a guess", answer);
  take_word(rest.substr(0, rest.find(';')), won);
}

/// Only what was guessed last may have come to light, and has if it was a hit.
void Player::take_shown(bool hit, std::string_view line) {
  const Shown shown = parse_shown(line);
  if (shown.known.size() != known_.size()) fail("shows another word than before", line);
  bool found = false;
  for (std::size_t i = 0; i < known_.size(); ++i) {
    if (shown.known[i] == known_[i]) continue;
    if (known_[i] != '_' || shown.known[i] != guessed_.back()) fail("shows a wrong letter", line);
    found = true;
  }
  const int misses_left = misses_left_ - (hit ? 0 : 1);
  if (found != hit || shown.misses_left != misses_left || misses_left == 0 ||
      shown.known.find('_') == std::string::npos) {
    fail("counts wrongly", line);
  }
  known_ = shown.known;
  misses_left_ = misses_left;
}

/// The word must be one to which all answers were right.
void Player::take_word(std::string_view word, bool won) {
  if (word.size() != known_.size()) fail("reveals another word than it showed", word);
  const std::string_view before(guessed_.data(), guessed_.size() - 1);
  for (std::size_t i = 0; i < word.size(); ++i) {
    const bool was_guessed = before.find(word[i]) != std::string_view::npos;
    if (was_guessed ? known_[i] != word[i] : known_[i] != '_') {
      fail("reveals another word than it showed", word);
    }
  }
  const bool complete = word.find_first_not_of(guessed_) == std::string_view::npos;
  const bool last_miss = misses_left_ == 1 && word.find(guessed_.back()) == std::string_view::npos;
  if (won ? !complete : !last_miss) fail("ended the game too early, revealing", word);
  over_ = true;
}

}  // namespace weir::wordgame
