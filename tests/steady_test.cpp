#include "load/steady.hpp"

#include <gtest/gtest.h>

namespace weir::load {
namespace {

TEST(Steady, AreWindowsWithinATenth) {
  EXPECT_TRUE(agree({10'000, 10'500, 10'900}));
  EXPECT_FALSE(agree({10'000, 10'500, 11'500}));
  EXPECT_FALSE(agree({2'000, 9'000, 10'000}));  // it still warms up
}

TEST(Steady, AreFewAnswersThatDifferByChance) {
  EXPECT_TRUE(agree({20, 27, 17}));
  EXPECT_FALSE(agree({20, 60, 17}));
}

TEST(Steady, AreHalvesWithinATenth) {
  EXPECT_TRUE(halves_agree(50'000, 54'000, 64));
  EXPECT_FALSE(halves_agree(50'000, 60'000, 64));
  EXPECT_FALSE(halves_agree(60'000, 50'000, 64));
}

TEST(Steady, AreHalvesThatAnswersWhichComeTogetherFallInto) {
  EXPECT_TRUE(halves_agree(1'280, 1'536, 256));  // five bursts, and six
  EXPECT_FALSE(halves_agree(1'280, 2'048, 256));
}

}  // namespace
}  // namespace weir::load
