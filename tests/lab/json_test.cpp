#include "lab/json.hpp"

#include <stdexcept>

#include <gtest/gtest.h>

#include "lab/format.hpp"

namespace weir::lab {
namespace {

TEST(Json, ComesBackAsItWas) {
  const std::string text = R"({"a":[1,2.5,"x\"y",true,null],"b":{"c":12345678901}})";
  EXPECT_EQ(Json::parse(text).dump(0), text);
  EXPECT_DOUBLE_EQ(Json::parse(text).at("b.c").number_or(0), 12345678901.0);
  EXPECT_TRUE(Json::parse(text).at("b.none.deeper").is_null());
}

TEST(Json, SaysWhereATextIsNotJson) {
  EXPECT_THROW(Json::parse("{"), std::runtime_error);
  EXPECT_THROW(Json::parse(""), std::runtime_error);
}

TEST(Json, AMissingFigureKeepsItsReason) {
  const Json json = Json::parse(R"({"a":"n/a: root is needed","b":3})");
  EXPECT_EQ(json.at("a").figure().reason(), "root is needed");
  EXPECT_DOUBLE_EQ(json.at("b").figure().value_or(0), 3);
  EXPECT_FALSE(json.at("c").figure().known());
  EXPECT_EQ(Json(Figure::missing("because")).dump(0), R"("n/a: because")");
}

TEST(Json, BytesThatAreNoTextAreReplaced) {
  EXPECT_EQ(Json(std::string("a\xff")).dump(0), "\"a\xEF\xBF\xBD\"");
}

TEST(Figure, ArithmeticWithAMissingFigureIsMissing) {
  const Figure none = Figure::missing("why");
  EXPECT_EQ((Figure(1) - none).reason(), "why");
  EXPECT_EQ((none + Figure(1)).reason(), "why");
  EXPECT_FALSE((Figure(1) / Figure(0)).known());
  EXPECT_FALSE(Figure(0.0 / 0.0 * 1.0).known());
}

TEST(Format, ChoosesUnitsThatAPersonReads) {
  EXPECT_EQ(rate_text(187650), "188k/s");
  EXPECT_EQ(rate_text(999600), "1.00M/s");
  EXPECT_EQ(rate_text(42), "42/s");
  EXPECT_EQ(time_text(305000), "305 us");
  EXPECT_EQ(time_text(1.2e6), "1.20 ms");
  EXPECT_EQ(time_text(7), "7 ns");
  EXPECT_EQ(bytes_text(12900), "12.6 KiB");
  EXPECT_EQ(microseconds_text(5060), "5.06");
  EXPECT_EQ(time_text(Figure::missing("x")), "n/a");
}

}  // namespace
}  // namespace weir::lab
