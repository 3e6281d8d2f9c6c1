#include "framed/codec.hpp"

#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace weir::framed {
namespace {

/// The protocol as the article states it, a byte at a time.
std::string plainly(std::string_view input) {
  std::string answer;
  bool in_message = false;
  for (const char byte : input) {
    if (!in_message)
      in_message = byte == '^';
    else if (byte == '$')
      in_message = false;
    else
      answer += static_cast<char>(static_cast<unsigned char>(byte) + 1);
  }
  return answer;
}

std::string in_pieces(std::string input, const std::vector<std::size_t>& cuts) {
  Codec codec;
  std::string answer;
  std::size_t from = 0;
  for (std::size_t i = 0; i <= cuts.size(); ++i) {
    const std::size_t to = i < cuts.size() ? cuts[i] : input.size();
    answer += std::string_view(codec.transform({input.data() + from, to - from}));
    from = to;
  }
  return answer;
}

TEST(Codec, GivesTheArticlesAnswers) {
  EXPECT_EQ(in_pieces("^abc$de^abte$fxyz^12325$^ab$abab", {}),
            plainly("^abc$de^abte$fxyz^12325$^ab$abab"));
  EXPECT_EQ(in_pieces("^abc$de^abte$f", {}), "bcdbcuf");
}

TEST(Codec, GivesTheSameAtEveryPairOfCuts) {
  const std::string input = "x^ab^c$$y^\x7f\xff\x01$^$^0123456789abcdefghijklmnopqrstuvwxyz$^open";
  const std::string expected = plainly(input);
  for (std::size_t first = 0; first <= input.size(); ++first) {
    for (std::size_t second = first; second <= input.size(); ++second) {
      ASSERT_EQ(in_pieces(input, {first, second}), expected) << first << ", " << second;
    }
  }
}

// Every length around the vector's, with delimiters anywhere.
TEST(Codec, AgreesWithTheByteWiseOneOnRandomInput) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 20'000; ++round) {
    std::string input(random() % 90, '\0');
    for (char& byte : input) {
      const auto kind = random() % 20;
      byte = kind == 0 ? '^' : kind == 1 ? '$' : static_cast<char>(random());
    }
    if (round % 2 == 0) input.insert(0, 1, '^');
    const std::size_t cut = random() % (input.size() + 1);
    ASSERT_EQ(in_pieces(input, {cut}), plainly(input));
  }
}

}  // namespace
}  // namespace weir::framed
