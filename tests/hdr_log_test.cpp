// What the files hold; that they are read by others is tested in tests/hdr_log.
#include "load/hdr_log.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace weir::load {
namespace {

using std::chrono::milliseconds;

Slice slice(int begin_ms, int end_ms, int answers) {
  Slice slice;
  slice.begin = milliseconds(begin_ms);
  slice.end = milliseconds(end_ms);
  for (int i = 0; i < answers; ++i) slice.service.record(1'000'000);
  return slice;
}

std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST(HdrLog, HasALineForEachSecondAndTheRest) {
  HdrLog log(0, false);
  const std::size_t head = lines_of(log.text());
  log.add(slice(0, 500, 1));
  log.add(slice(500, 1000, 1));
  EXPECT_EQ(lines_of(log.text()), head + 1);
  log.add(slice(1000, 1200, 1));
  EXPECT_EQ(lines_of(log.text()), head + 2);
  EXPECT_NE(log.text().find("Tag=service,0.000,1.000,1.000,HISTFA"), std::string::npos);
  EXPECT_NE(log.text().find("Tag=service,1.000,0.200,1.000,HISTFA"), std::string::npos);
  EXPECT_EQ(log.text().find("Tag=response"), std::string::npos);
}

TEST(HdrLog, TellsTheResponseWhereThereIsOne) {
  HdrLog log(0, true);
  log.add(slice(0, 1000, 1));
  EXPECT_NE(log.text().find("Tag=response,0.000,1.000,0.000,"), std::string::npos);
}

// Two values of 1 and one of 3, by the book: github.com/HdrHistogram/HdrHistogram (V2 encoding).
TEST(HdrLog, EncodesByTheBook) {
  Histogram histogram;
  for (const int value : {1, 1, 3}) histogram.record(value);
  // 0x1c849314, 55 bytes of zlib; stored, 44 bytes: 0x1c849313, 4 bytes of counts, 0, 2 digits,
  // 1, 2^40 - 1, 1.0; counts 0, 2, 0, 1 in zigzag; Adler-32.
  EXPECT_EQ(hdr_base64(histogram).substr(0, 22), "HISTFAAAADd4AQEsANP/HI");
}

TEST(Percentiles, EndWithAllOfThem) {
  Histogram histogram;
  for (int i = 1; i <= 1000; ++i) histogram.record(i * 1000);
  const std::string text = percentiles_text(histogram);
  EXPECT_NE(text.find("    1.000000 1.000000000000       1000\n"), std::string::npos) << text;
  EXPECT_NE(text.find("0.500000000000"), std::string::npos) << text;
  EXPECT_NE(text.find("Total count    =         1000]"), std::string::npos) << text;
}

TEST(Percentiles, OfNothingAreOnlyHeadAndFoot) {
  EXPECT_EQ(lines_of(percentiles_text(Histogram())), 5u);
}

}  // namespace
}  // namespace weir::load
