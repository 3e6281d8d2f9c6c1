#pragma once
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace weir::wordgame {

inline constexpr std::size_t word_letters_min = 2;  // one would be no word beside its letter
inline constexpr std::size_t word_letters_max = 32;
inline constexpr std::size_t words_max = 1'000'000;

/// The words that may be hidden.
class Words {
 public:
  /// A small list of our own.
  Words();

  /// Of a text with a word on each line, in letters from a to z. `name` stands in front of
  /// complaints. Throws std::invalid_argument with one sentence, `NAME:LINE: cause`.
  static Words read(std::istream& text, const std::string& name);

  /// The word that `number` falls on.
  const std::string& pick(std::uint64_t number) const { return words_[number % words_.size()]; }
  std::size_t size() const { return words_.size(); }

 private:
  explicit Words(std::vector<std::string> words) : words_(std::move(words)) {}

  std::vector<std::string> words_;  // at least one
};

/// The number by which a seeded server picks the word of the game `game`: that of every session.
std::uint64_t number_of(std::uint64_t seed, std::uint64_t game);

}  // namespace weir::wordgame
