// The words that are guessed: as they are read from a file, and as a seed chooses among them.
#include "wordgame/words.hpp"

#include <map>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace weir::wordgame {
namespace {

Words read(const std::string& text) {
  std::istringstream stream(text);
  return Words::read(stream, "words.txt");
}

std::string complaint_about(const std::string& text) {
  try {
    read(text);
    return "none";
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

TEST(Words, AreReadOneFromEachLine) {
  const Words words = read("eel\nplanet\nweir");
  ASSERT_EQ(words.size(), 3u);
  EXPECT_EQ(words.pick(0), "eel");
  EXPECT_EQ(words.pick(2), "weir");
  EXPECT_EQ(words.pick(4), "planet");
}

TEST(Words, ThatCannotBeGuessedAreRefusedWithTheirLineAndTheCause) {
  const std::vector<std::pair<std::string, std::string>> complaints{
      {"eel\n\nweir\n", "words.txt:2: the line is empty"},
      {"Eel\n", "words.txt:1: a word is letters from a to z"},
      {"eel\nno one\n", "words.txt:2: a word is letters from a to z"},
      {"eel\r\n", "words.txt:1: a word is letters from a to z"},
      {"eel\nweir\ne\n", "words.txt:3: a word has from 2 to 32 letters, not 1"},
      {std::string(33, 'a') + "\n", "words.txt:1: a word has from 2 to 32 letters, not 33"},
      {"eel\nhelp\n", "words.txt:2: 'help' is a command"},
      {"quit\n", "words.txt:1: 'quit' is a command"},
      {"new\n", "words.txt:1: 'new' is a command"},
      {"", "words.txt holds no word"},
  };
  for (const auto& [text, complaint] : complaints) {
    EXPECT_EQ(complaint_about(text).substr(0, complaint.size()), complaint);
  }
  EXPECT_EQ(complaint_about(std::string(32, 'a') + "\n"), "none");
}

TEST(Words, BuiltInAreSuchAsAFileMayHold) {
  const Words words;
  std::string text;
  std::set<std::string> different;
  for (std::size_t i = 0; i < words.size(); ++i) {
    text += words.pick(i) + "\n";
    different.insert(words.pick(i));
  }
  EXPECT_EQ(complaint_about(text), "none");
  EXPECT_EQ(different.size(), words.size());
}

TEST(WordsOfASeed, AreTheSameAgainAndOthersWithAnotherSeed) {
  const Words words;
  std::map<std::uint64_t, std::string> of_seed;
  for (const std::uint64_t seed : {0u, 1u, 4u}) {
    for (std::uint64_t game = 0; game < 20; ++game) {
      of_seed[seed] += words.pick(number_of(seed, game)) + " ";
    }
  }
  EXPECT_NE(of_seed[0], of_seed[1]);
  EXPECT_NE(of_seed[1], of_seed[4]);
  EXPECT_EQ(number_of(0, 0), 0xe220a8397b1dcdafu);  // what SplitMix64 gives first
}

}  // namespace
}  // namespace weir::wordgame
