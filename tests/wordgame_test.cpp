#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <weir/service.hpp>

#include "wordgame/codec.hpp"
#include "wordgame/game.hpp"
#include "wordgame/player.hpp"
#include "wordgame/words.hpp"

namespace weir::wordgame {
namespace {

// --- the rules

struct Guess {
  std::string letters;
  Outcome outcome;
  std::string masked;
  int misses_left;
};

struct Course {
  const char* what;
  std::string word;
  std::vector<Guess> guesses;
  bool over;
};

const std::vector<Course> courses{
    {"letters, to the end",
     "noon",
     {{"o", Outcome::hit, "_ o o _", 7},
      {"x", Outcome::miss, "_ o o _", 6},
      {"n", Outcome::won, "n o o n", 6}},
     true},
    {"the whole word",
     "planet",
     {{"a", Outcome::hit, "_ _ a _ _ _", 7}, {"planet", Outcome::won, "p l a n e t", 7}},
     true},
    {"another word is a miss",
     "planet",
     {{"planes", Outcome::miss, "_ _ _ _ _ _", 6}, {"planes", Outcome::miss, "_ _ _ _ _ _", 5}},
     false},
    {"a word of another length counts for nothing",
     "planet",
     {{"plan", Outcome::wrong_length, "_ _ _ _ _ _", 7},
      {"planets", Outcome::wrong_length, "_ _ _ _ _ _", 7}},
     false},
    {"a letter again counts for nothing",
     "planet",
     {{"p", Outcome::hit, "p _ _ _ _ _", 7},
      {"p", Outcome::tried_before, "p _ _ _ _ _", 7},
      {"x", Outcome::miss, "p _ _ _ _ _", 6},
      {"x", Outcome::tried_before, "p _ _ _ _ _", 6}},
     false},
    {"the seventh miss loses",
     "me",
     {{"z", Outcome::miss, "_ _", 6},
      {"y", Outcome::miss, "_ _", 5},
      {"x", Outcome::miss, "_ _", 4},
      {"m", Outcome::hit, "m _", 4},
      {"w", Outcome::miss, "m _", 3},
      {"my", Outcome::miss, "m _", 2},
      {"u", Outcome::miss, "m _", 1},
      {"t", Outcome::lost, "m _", 0}},
     true},
    {"won at the last chance",
     "me",
     {{"z", Outcome::miss, "_ _", 6},
      {"y", Outcome::miss, "_ _", 5},
      {"x", Outcome::miss, "_ _", 4},
      {"w", Outcome::miss, "_ _", 3},
      {"v", Outcome::miss, "_ _", 2},
      {"u", Outcome::miss, "_ _", 1},
      {"me", Outcome::won, "m e", 1}},
     true},
};

TEST(Game, KeepsToTheRules) {
  for (const Course& course : courses) {
    SCOPED_TRACE(course.what);
    Game game(course.word);
    for (const Guess& guess : course.guesses) {
      SCOPED_TRACE(guess.letters);
      ASSERT_FALSE(game.is_over());
      EXPECT_EQ(game.guess(guess.letters), guess.outcome);
      EXPECT_EQ(game.masked(), guess.masked);
      EXPECT_EQ(game.misses_left(), guess.misses_left);
    }
    EXPECT_EQ(game.is_over(), course.over);
  }
}

TEST(Game, TellsWhatWasTried) {
  Game game("planet");
  EXPECT_EQ(game.tried(), "");
  for (const char* letter : {"z", "p", "a"}) game.guess(letter);
  EXPECT_EQ(game.tried(), "a p z");
}

// --- what is said

struct Saying {
  std::string line;
  Command::Kind kind;
  std::string letters;
};

TEST(Command, IsWhatALineSays) {
  using Kind = Command::Kind;
  const std::vector<Saying> sayings{
      {"e", Kind::guess, "e"},
      {"E", Kind::guess, "e"},
      {"PlaNet", Kind::guess, "planet"},
      {" \t e \t", Kind::guess, "e"},
      {"help", Kind::help, ""},
      {"?", Kind::help, ""},
      {"Help", Kind::help, ""},
      {"new", Kind::another, ""},
      {"quit", Kind::quit, ""},
      {"news", Kind::guess, "news"},
      {"", Kind::empty, ""},
      {" \t ", Kind::empty, ""},
      {"7", Kind::no_letters, ""},
      {"a b", Kind::no_letters, ""},
      {"?!", Kind::no_letters, ""},
      {"\xc3\xa9", Kind::no_letters, ""},
      {std::string("a\0", 2), Kind::no_letters, ""},
  };
  for (const Saying& saying : sayings) {
    SCOPED_TRACE(testing::PrintToString(saying.line));
    const Command command = parse({saying.line});
    EXPECT_EQ(command.kind, saying.kind);
    EXPECT_EQ(command.letters, saying.letters);
  }
  EXPECT_EQ(parse({"", true}).kind, Kind::too_long);
}

TEST(Answers, TellEachGuessWhatItCameTo) {
  Game game("eel");
  const std::vector<std::pair<std::string, std::string>> talk{
      {"e", "yes: e e _ (7 misses left)\n"},
      {"E", "tried: e e _ (7 misses left); you have tried e\n"},
      {"a", "no: e e _ (6 misses left)\n"},
      {"e", "tried: e e _ (6 misses left); you have tried a e\n"},
      {"eels", "error: the word has 3 letters, not 4; it doesn't count\n"},
      {"eek", "no: e e _ (5 misses left)\n"},
      {"b", "no: e e _ (4 misses left)\n"},
      {"c", "no: e e _ (3 misses left)\n"},
      {"d", "no: e e _ (2 misses left)\n"},
      {"f", "no: e e _ (1 miss left)\n"},
      {"l", "won: the word is eel; \"new\" begins another game\n"},
      {"l", "error: the game is over; \"new\" begins another, \"quit\" leaves\n"},
  };
  for (const auto& [said, answered] : talk) EXPECT_EQ(answer(parse({said}), game), answered);
  EXPECT_EQ(farewell(game), "bye\n");
  EXPECT_EQ(another(game, Game("weir")), "new: _ _ _ _ (7 misses left)\n");
}

TEST(Answers, RevealTheWordOfAGameThatIsGivenUp) {
  const Game game("eel");
  EXPECT_EQ(farewell(game), "bye; the word was eel\n");
  EXPECT_EQ(another(game, Game("weir")), "new: _ _ _ _ (7 misses left); the word was eel\n");
}

TEST(Answers, ToWhatIsNoGuessChangeNothing) {
  Game game("eel");
  for (const char* said : {"?", "", "42", "e e"}) {
    const std::string answered = answer(parse({said}), game);
    EXPECT_TRUE(answered.starts_with("error: ") || answered.starts_with("help: ")) << answered;
    EXPECT_EQ(answered.back(), '\n');
  }
  EXPECT_NE(answer(parse({"", true}), game).find("longer than 64 bytes"), std::string::npos);
  EXPECT_EQ(game.misses_left(), 7);
  EXPECT_EQ(game.tried(), "");
}

// --- the simulated player

/// Plays against the rules; returns the last answer.
std::string play(const std::string& word) {
  Game game(word);
  Player player;
  player.begin(another(game, game).substr(0, another(game, game).find(';')));
  std::string answered;
  while (!player.is_over()) {
    answered = answer(parse({std::string(1, player.next())}), game);
    answered.pop_back();
    player.take(answered);
  }
  EXPECT_TRUE(game.is_over());
  return answered;
}

TEST(Player, PlaysToTheEndAndAgreesWithTrueAnswers) {
  const Words words;
  std::set<std::string> endings;
  for (std::size_t i = 0; i < words.size(); ++i) endings.insert(play(words.pick(i)).substr(0, 4));
  EXPECT_EQ(endings, (std::set<std::string>{"lost", "won:"}));
  EXPECT_EQ(play("ee").substr(0, 4), "won:");
}

TEST(Player, FindsOutAnswersThatCannotBeRight) {
  const std::vector<std::vector<std::string>> lies{
      {"word: _ a _ (7 misses left)"},
      {"word: _ _ _ (6 misses left)"},
      {"word: _ _ _"},
      {"word: "},
      {"hello"},
      {"word: _ _ _ (7 misses left)", "yes: _ _ t (7 misses left)"},
      {"word: _ _ _ (7 misses left)", "yes: _ _ _ (7 misses left)"},
      {"word: _ _ _ (7 misses left)", "yes: _ e _ (6 misses left)"},
      {"word: _ _ _ (7 misses left)", "no: _ e _ (6 misses left)"},
      {"word: _ _ _ (7 misses left)", "no: _ _ _ (7 misses left)"},
      {"word: _ _ _ (7 misses left)", "no: _ _ _ _ (6 misses left)"},
      {"word: _ _ _ (7 misses left)", "tried: _ _ _ (7 misses left); you have tried e"},
      {"word: _ _ _ (7 misses left)", "won: the word is eel; \"new\" begins another game"},
      {"word: _ _ _ (7 misses left)", "lost: the word was cat; \"new\" begins another game"},
      {"word: _ _ _ (7 misses left)", "yes: e _ _ (7 misses left)", "yes: _ t _ (7 misses left)"},
      {"word: _ _ (7 misses left)", "yes: e _ (7 misses left)", "won: the word is at; ..."},
      {"word: _ _ (7 misses left)", "no: _ _ (6 misses left)", "won: the word is et; ..."},
      {"word: _ _ (7 misses left)", "no: _ _ (6 misses left)", ""},
  };
  for (const std::vector<std::string>& lie : lies) {
    SCOPED_TRACE(lie.back());
    Player player;
    std::size_t heard = 0;
    const auto hear = [&] {
      if (heard == 0) return player.begin(lie[heard++]);
      player.next();
      player.take(lie[heard++]);
    };
    while (heard + 1 < lie.size()) ASSERT_NO_THROW(hear());
    EXPECT_THROW(hear(), ProtocolError);
  }
}

}  // namespace
}  // namespace weir::wordgame
