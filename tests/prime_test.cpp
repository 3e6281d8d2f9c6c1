#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "prime/codec.hpp"
#include "prime/primality.hpp"

namespace weir::prime {
namespace {

TEST(IsPrime, AgreesWithTheSieveBelowAMillion) {
  constexpr std::size_t end = 1'000'000;
  std::vector<bool> composite(end);
  composite[0] = composite[1] = true;
  for (std::size_t i = 2; i < end; ++i) {
    if (composite[i]) continue;
    for (std::size_t multiple = i * i; multiple < end; multiple += i) composite[multiple] = true;
  }
  for (std::size_t number = 0; number < end; ++number) {
    ASSERT_EQ(is_prime(number), !composite[number]) << number;
    ASSERT_EQ(is_prime_by_division(number), !composite[number]) << number;
  }
}

/// The smallest strong pseudoprimes to the first k primes (OEIS A014233), for which Miller-Rabin
/// with those bases is wrong, and other composites that look prime.
TEST(IsPrime, IsNotDeceivedByStrongPseudoprimes) {
  const std::vector<std::uint64_t> composites{
      2047u,
      1373653u,
      25326001u,
      3215031751u,
      2152302898747u,
      3474749660383u,
      341550071728321u,
      3825123056546413051u,
      561u,                   // a Carmichael number
      825265u,                // another
      4294967297u,            // the fifth Fermat number, 641 * 6700417
      18446744030759878681u,  // 4294967291^2, the largest square of a prime below 2^64
      18446744073709551615u,
  };
  for (const std::uint64_t number : composites) EXPECT_FALSE(is_prime(number)) << number;
}

TEST(IsPrime, KnowsLargePrimes) {
  const std::vector<std::uint64_t> primes{
      4294967291u,  // the largest below 2^32
      4294967311u,  // the smallest above
      999999999989u,
      2305843009213693951u,   // 2^61 - 1
      9223372036854775783u,   // the largest below 2^63
      18446744073709551557u,  // the largest below 2^64
      18446744073709551533u,  // the one before
  };
  for (const std::uint64_t number : primes) EXPECT_TRUE(is_prime(number)) << number;
}

TEST(IsPrime, KnowsTheNumbersAmongItsOwnBases) {
  for (const std::uint64_t base : {2u, 325u, 9375u, 28178u, 450775u, 9780504u, 1795265022u}) {
    EXPECT_EQ(is_prime(base), base == 2) << base;
  }
}

TEST(DividingToFindPrimes, AgreesOnLargeNumbers) {
  EXPECT_FALSE(is_prime_by_division(18446744073709551615u));
  EXPECT_TRUE(is_prime_by_division(999999999989u));
  EXPECT_FALSE(is_prime_by_division(999999000001u * 3u));
}

struct Case {
  std::string line;
  std::uint64_t number;
  std::string_view error;  // a part of it; empty: none
};

const std::vector<Case> cases{
    {"0", 0, ""},
    {"17", 17, ""},
    {"000000000000000000000000000000000000000000000000000000000000000097", 97, ""},
    {"18446744073709551615", 18446744073709551615u, ""},
    {"18446744073709551616", 0, "too large"},
    {"99999999999999999999999999999999999", 0, "too large"},
    {"-1", 0, "negative"},
    {"-99999999999999999999999999999999999", 0, "negative"},
    {"-", 0, "no whole number"},
    {"--1", 0, "no whole number"},
    {"+1", 0, "no whole number"},
    {"1.5", 0, "no whole number"},
    {"1e9", 0, "no whole number"},
    {"0x11", 0, "no whole number"},
    {" 17", 0, "no whole number"},
    {"17 ", 0, "no whole number"},
    {"seventeen", 0, "no whole number"},
    {std::string("1\0007", 3), 0, "no whole number"},
    {"\xc2\xb2", 0, "no whole number"},
    {"", 0, "empty"},
};

TEST(Question, IsANumberOrTheErrorThatSaysWhyNot) {
  for (const Case& each : cases) {
    SCOPED_TRACE(testing::PrintToString(each.line));
    const Question question = parse({each.line});
    EXPECT_EQ(question.number, each.number);
    EXPECT_EQ(question.error.empty(), each.error.empty());
    EXPECT_NE(question.error.find(each.error), std::string_view::npos) << question.error;
    if (question.error.empty()) continue;
    EXPECT_TRUE(question.error.starts_with("error: "));
    EXPECT_EQ(question.error.find('\n'), question.error.size() - 1);
  }
}

TEST(Question, IsRefusedOnALineThatIsTooLong) {
  EXPECT_NE(parse({"", true}).error.find("longer than 64 bytes"), std::string_view::npos);
}

}  // namespace
}  // namespace weir::prime
