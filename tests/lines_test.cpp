#include "lines/lines.hpp"

#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace weir::lines {
namespace {

constexpr std::size_t longest = 5;
const std::string too_long = "(too long)";

void take(std::optional<Line> line, std::vector<std::string>& lines) {
  lines.push_back(line->too_long ? too_long : std::string(line->text));
}

/// The lines of `input`, which comes in pieces cut at `cuts`, each gone when the next one comes.
std::vector<std::string> in_pieces(const std::string& input, const std::vector<std::size_t>& cuts) {
  Lines splitter(longest);
  std::vector<std::string> lines;
  std::size_t from = 0;
  for (std::size_t i = 0; i <= cuts.size(); ++i) {
    const std::size_t to = i < cuts.size() ? cuts[i] : input.size();
    std::string piece = input.substr(from, to - from);
    splitter.feed(piece);
    while (const std::optional<Line> line = splitter.next()) take(line, lines);
    piece.assign(piece.size(), '?');
    from = to;
  }
  if (const std::optional<Line> line = splitter.rest()) take(line, lines);
  return lines;
}

struct Case {
  const char* what;
  std::string input;
  std::vector<std::string> lines;
};

const std::vector<Case> cases{
    {"nothing", "", {}},
    {"one line", "abc\n", {"abc"}},
    {"lines", "a\nbc\n\nd\n", {"a", "bc", "", "d"}},
    {"a carriage return before the end", "abc\r\nde\r\n", {"abc", "de"}},
    {"one carriage return is the end's", "a\r\r\n", {"a\r"}},
    {"a carriage return elsewhere", "a\rb\n\rc\n", {"a\rb", "\rc"}},
    {"an empty line with one", "\r\n", {""}},
    {"a last line without an end", "a\nbc", {"a", "bc"}},
    {"a last line with half of one", "a\nbc\r", {"a", "bc"}},
    {"as long as may be", "12345\n12345\r\n12345", {"12345", "12345", "12345"}},
    {"one more", "123456\na\n", {too_long, "a"}},
    {"one more that is no end", "12345\r\r\na\n", {too_long, "a"}},
    {"one more, and its end", "123456\r\na\r\n", {too_long, "a"}},
    {"far more, once", "1234567890123456789012345678901234567890\na\n", {too_long, "a"}},
    {"far more at the end", "a\n12345678901234567890", {"a", too_long}},
    {"too long, twice", "123456\n1234567\n", {too_long, too_long}},
    {"a zero byte", std::string("a\0b\n", 4), {std::string("a\0b", 3)}},
};

TEST(Lines, AreTheSameAtEveryPairOfCuts) {
  for (const Case& each : cases) {
    SCOPED_TRACE(each.what);
    for (std::size_t first = 0; first <= each.input.size(); ++first) {
      for (std::size_t second = first; second <= each.input.size(); ++second) {
        ASSERT_EQ(in_pieces(each.input, {first, second}), each.lines) << first << ", " << second;
      }
    }
  }
}

TEST(Lines, AreTheSameInRandomPieces) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 20'000; ++round) {
    std::string input(random() % 60, '\0');
    for (char& byte : input) byte = "ab\n\r"[random() % 4];
    std::vector<std::size_t> cuts;
    for (std::size_t cut = 0; cut < input.size(); cut += random() % 9) cuts.push_back(cut);
    ASSERT_EQ(in_pieces(input, cuts), in_pieces(input, {})) << testing::PrintToString(input);
  }
}

TEST(Lines, ThatLieWholeInAPieceAreNotCopied) {
  const std::string piece = "first\nnext\r\n";
  Lines splitter(longest);
  splitter.feed(piece);
  EXPECT_EQ(splitter.next()->text.data(), piece.data());
  EXPECT_EQ(splitter.next()->text.data(), piece.data() + 6);
}

}  // namespace
}  // namespace weir::lines
