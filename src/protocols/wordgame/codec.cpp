#include "wordgame/codec.hpp"

#include <algorithm>
#include <cassert>
#include <string_view>

namespace weir::wordgame {
namespace {

constexpr std::string_view help =
    "help: write a letter to guess it, or the whole word; the seventh miss loses the game\n"
    "help: a letter that was tried before doesn't count, nor does a word of another length\n"
    "help: \"new\" begins another game, \"quit\" leaves\n";
static_assert(Game::misses_max == 7);

constexpr std::string_view empty =
    "error: the line is empty; write a letter or a word, \"help\" tells more\n";
constexpr std::string_view no_letters =
    "error: a guess is letters from a to z and nothing else; \"help\" tells more\n";
constexpr std::string_view too_long =
    "error: the line is longer than 64 bytes; write a letter or a word, \"help\" tells more\n";
static_assert(line_bytes_max == 64);

constexpr std::string_view over =
    "error: the game is over; \"new\" begins another, \"quit\" leaves\n";

/// `_ a _ _ e _ (6 misses left)`
std::string shown(const Game& game) {
  const int left = game.misses_left();
  return game.masked() + " (" + std::to_string(left) + (left == 1 ? " miss" : " misses") + " left)";
}

/// Empty when it is known already.
std::string reveal(const Game& game) {
  return game.is_over() ? "" : "; the word was " + game.word();
}

std::string answer_guess(const std::string& letters, Game& game) {
  if (game.is_over()) return std::string(over);
  constexpr std::string_view next = "; \"new\" begins another game\n";
  switch (game.guess(letters)) {
    case Outcome::hit:
      return "yes: " + shown(game) + "\n";
    case Outcome::miss:
      return "no: " + shown(game) + "\n";
    case Outcome::tried_before:
      return "tried: " + shown(game) + "; you have tried " + game.tried() + "\n";
    case Outcome::wrong_length:
      return "error: the word has " + std::to_string(game.word().size()) + " letters, not " +
             std::to_string(letters.size()) + "; it doesn't count\n";
    case Outcome::won:
      return "won: the word is " + game.word() + std::string(next);
    case Outcome::lost:
      return "lost: the word was " + game.word() + std::string(next);
  }
  assert(false && "no such outcome");
  return "";
}

std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  const std::size_t begin = std::min(text.find_first_not_of(blanks), text.size());
  const std::size_t end = text.find_last_not_of(blanks) + 1;  // 0 when there is nothing else
  return text.substr(begin, std::max(begin, end) - begin);
}

}  // namespace

Command parse(const lines::Line& line) {
  using Kind = Command::Kind;
  if (line.too_long) return {Kind::too_long, ""};
  std::string word(without_blanks(line.text));
  if (word.empty()) return {Kind::empty, ""};
  if (word == "?") return {Kind::help, ""};
  for (char& c : word) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c < 'a' || c > 'z') return {Kind::no_letters, ""};
  }
  if (word == "help") return {Kind::help, ""};
  if (word == "new") return {Kind::another, ""};
  if (word == "quit") return {Kind::quit, ""};
  return {Kind::guess, std::move(word)};
}

std::string greeting(const Game& game) {
  return "wordgame: guess the hidden word, letter by letter or whole; \"help\" tells more\n"
         "word: " +
         shown(game) + "\n";
}

std::string answer(const Command& command, Game& game) {
  switch (command.kind) {
    case Command::Kind::guess:
      return answer_guess(command.letters, game);
    case Command::Kind::help:
      return std::string(help);
    case Command::Kind::empty:
      return std::string(empty);
    case Command::Kind::no_letters:
      return std::string(no_letters);
    case Command::Kind::too_long:
      return std::string(too_long);
    case Command::Kind::another:
    case Command::Kind::quit:
      break;
  }
  assert(false && "the session's to answer");
  return "";
}

std::string another(const Game& game, const Game& next) {
  return "new: " + shown(next) + reveal(game) + "\n";
}

std::string farewell(const Game& game) {
  return "bye" + reveal(game) + "\n";
}

}  // namespace weir::wordgame
