// Three hundred games at once: what one player guesses is seen in no other game.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/servers.hpp"

namespace weir::test {
namespace {

constexpr std::size_t games = 300;

std::string line_from(Client& client) {
  std::string line;
  for (;;) {
    const std::string byte = client.receive(1);
    if (byte.empty() || byte == "\n") return line;
    line += byte;
  }
}

/// What the server says to `letters`, one after the other, when `word` is hidden, the line that shows
/// the word first: the tests' own telling of the rules. Ends with the game.
std::vector<std::string> by_the_book(const std::string& word, std::string_view letters) {
  std::vector<std::string> said;
  std::string guessed;
  int misses_left = 7;
  const auto shown = [&] {
    std::string known;
    for (const char c : word) known += {guessed.find(c) == std::string::npos ? '_' : c, ' '};
    return fmt::format("{}({} {} left)", known, misses_left, misses_left == 1 ? "miss" : "misses");
  };
  said.push_back("word: " + shown());
  for (const char letter : letters) {
    guessed += letter;
    const bool hit = word.find(letter) != std::string::npos;
    misses_left -= hit ? 0 : 1;
    const bool won = word.find_first_not_of(guessed) == std::string::npos;
    if (won || misses_left == 0) {
      said.push_back(fmt::format("{} {}; \"new\" begins another game",
                                 won ? "won: the word is" : "lost: the word was", word));
      return said;
    }
    said.push_back((hit ? "yes: " : "no: ") + shown());
  }
  return said;
}

/// One that guesses the letters in an order of its own.
class Player {
 public:
  Player(const RunningServer& server, unsigned seed)
      : client_(server.connect_silently()), letters_(26, ' ') {
    std::iota(letters_.begin(), letters_.end(), 'a');
    std::shuffle(letters_.begin(), letters_.end(), std::mt19937(seed));
  }

  void greet() {
    line_from(client_);
    said_.push_back(line_from(client_));
  }
  void guess() { client_.send(fmt::format("{}\n", letters_.at(said_.size() - 1))); }
  void hear() { said_.push_back(line_from(client_)); }

  /// The word, once it is told; or empty.
  std::string word() const {
    const std::string& last = said_.back();
    for (const std::string_view end : {"won: the word is ", "lost: the word was "}) {
      if (last.starts_with(end)) return last.substr(end.size(), last.find(';') - end.size());
    }
    return "";
  }
  bool is_playing() const { return said_.size() <= letters_.size() && word().empty(); }

  void expect_to_have_heard_what_is_right() const {
    ASSERT_FALSE(word().empty()) << said_.back();
    EXPECT_EQ(said_, by_the_book(word(), letters_)) << letters_;
  }

 private:
  Client client_;
  std::string letters_;
  std::vector<std::string> said_;  // lines, from the one that shows the word
};

/// A file of two thousand words, gone with the object.
class WordsFile {
 public:
  WordsFile() : path_(testing::TempDir() + fmt::format("weir_words_{}", ::getpid())) {
    std::mt19937 random(17);
    std::ofstream file(path_);
    for (int i = 0; i < 2000; ++i) {
      for (std::size_t left = 3 + random() % 9; left > 0; --left) {
        file << static_cast<char>('a' + random() % 26);
      }
      file << '\n';
    }
  }
  ~WordsFile() { std::filesystem::remove(path_); }
  WordsFile(const WordsFile&) = delete;
  WordsFile& operator=(const WordsFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

void play_at_once(std::vector<Player>& players) {
  for (Player& player : players) player.greet();
  std::vector<Player*> asked;
  do {
    asked.clear();
    for (Player& player : players) {
      if (!player.is_playing()) continue;
      player.guess();
      asked.push_back(&player);
    }
    for (Player* player : asked) player->hear();
  } while (!asked.empty());
}

class ThreeHundredGames : public testing::TestWithParam<ServerKind> {};

TEST_P(ThreeHundredGames, DontMix) {
  const WordsFile words;
  std::vector<std::string> options = GetParam().for_a_crowd;
  options.insert(options.end(), {"--words", words.path()});
  RunningServer server(GetParam(), options);
  std::set<std::string> different;
  const std::size_t at_once = serves_many_at_once(GetParam()) ? games : 1;
  for (std::size_t begun = 0; begun < games; begun += at_once) {
    std::vector<Player> players;
    for (std::size_t i = 0; i < at_once; ++i) {
      players.emplace_back(server, static_cast<unsigned>(begun + i));
    }
    play_at_once(players);
    for (const Player& player : players) {
      ASSERT_NO_FATAL_FAILURE(player.expect_to_have_heard_what_is_right());
      different.insert(player.word());
    }
  }
  EXPECT_GT(different.size(), games / 2);  // each has a word of its own
  ASSERT_NO_FATAL_FAILURE(server.expect_to_live());
  server.expect_to_drain();
}

INSTANTIATE_TEST_SUITE_P(Servers, ThreeHundredGames, testing::ValuesIn(weir_servers("wordgame")),
                         instance_name);

}  // namespace
}  // namespace weir::test
