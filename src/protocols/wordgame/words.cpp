#include "wordgame/words.hpp"

#include <algorithm>
#include <istream>
#include <stdexcept>
#include <string_view>

#include "wordgame/codec.hpp"

namespace weir::wordgame {
namespace {

/// Why the line is no word that can be hidden; empty: it is one.
std::string why_not(std::string_view word) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  if (word.empty()) return "the line is empty; write a word on it, or leave it out";
  if (!std::all_of(word.begin(), word.end(), is_letter)) {
    return "a word is letters from a to z and nothing else; write it so, or leave it out";
  }
  if (word.size() < word_letters_min || word.size() > word_letters_max) {
    return "a word has from " + std::to_string(word_letters_min) + " to " +
           std::to_string(word_letters_max) + " letters, not " + std::to_string(word.size()) +
           "; leave it out";
  }
  if (parse({word}).kind != Command::Kind::guess) {
    return "'" + std::string(word) + "' is a command of the game; leave it out";
  }
  return "";
}

}  // namespace

Words::Words()
    : words_{
          "acrobat",  "anchor",    "antelope",   "apricot",  "avalanche", "badger",    "balcony",
          "bamboo",   "banquet",   "barometer",  "bicycle",  "biscuit",   "blizzard",  "buffalo",
          "cactus",   "calendar",  "candle",     "caravan",  "cathedral", "chimney",   "cinnamon",
          "compass",  "copper",    "cyclone",    "diamond",  "dolphin",   "dragon",    "eclipse",
          "elephant", "emerald",   "falcon",     "feather",  "fountain",  "galaxy",    "giraffe",
          "glacier",  "gravity",   "hammock",    "harbour",  "horizon",   "hurricane", "iceberg",
          "island",   "jasmine",   "jigsaw",     "jungle",   "kangaroo",  "kitchen",   "labyrinth",
          "lantern",  "lavender",  "lighthouse", "magnet",   "marathon",  "meadow",    "mosquito",
          "mountain", "nutmeg",    "octopus",    "orchard",  "oxygen",    "parachute", "penguin",
          "pepper",   "planet",    "puzzle",     "pyramid",  "quarry",    "rainbow",   "reservoir",
          "rhythm",   "saffron",   "satellite",  "squirrel", "sunflower", "telescope", "thunder",
          "tornado",  "trumpet",   "umbrella",   "vanilla",  "velvet",    "violin",    "volcano",
          "walnut",   "waterfall", "weir",       "whisper",  "yoghurt",   "zephyr"} {}

Words Words::read(std::istream& text, const std::string& name) {
  std::vector<std::string> words;
  for (std::string word; std::getline(text, word);) {
    const std::string place = name + ":" + std::to_string(words.size() + 1) + ": ";
    const std::string cause = why_not(word);
    if (!cause.empty()) throw std::invalid_argument(place + cause);
    if (words.size() == words_max) {
      throw std::invalid_argument(place + "there are more than " + std::to_string(words_max) +
                                  " words; leave some out");
    }
    words.push_back(std::move(word));
  }
  if (words.empty()) {
    throw std::invalid_argument(name + " holds no word; write one on each line");
  }
  return Words(std::move(words));
}

std::uint64_t number_of(std::uint64_t seed, std::uint64_t game) {
  // SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
  std::uint64_t z = seed + (game + 1) * 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace weir::wordgame
