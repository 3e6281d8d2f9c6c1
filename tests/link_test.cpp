// The relay's slow network, as a function of time.
#include "relay/link.hpp"

#include <chrono>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "amounts/amounts.hpp"

namespace weir::relay {
namespace {

using namespace std::chrono_literals;

constexpr Time begin{1h};

/// All that has arrived by then, the end as `.`.
std::string arrived(Link& link, Time now) {
  std::string all;
  while (link.next() <= now) {
    const std::string packet(link.packet());
    all += packet.empty() ? "." : packet;
    link.take(packet.size());
  }
  return all;
}

TEST(Link, GivesWhatWasSentAfterTheDelay) {
  Link link({.delay = 40ms});
  EXPECT_EQ(link.next(), never);
  link.send("first", begin);
  link.send("second", begin + 10ms);
  link.finish(begin + 10ms);
  EXPECT_EQ(link.next(), begin + 40ms);
  EXPECT_EQ(arrived(link, begin + 40ms - 1ns), "");
  EXPECT_EQ(arrived(link, begin + 40ms), "first");
  EXPECT_EQ(arrived(link, begin + 1h), "second.");
  EXPECT_EQ(link.next(), never);
}

TEST(Link, SendsOnePacketAfterTheOther) {
  Link link({.delay = 10ms, .bytes_a_second = 146'000});  // a packet of 1,460 bytes takes 10 ms
  link.send(std::string(1'460, 'a') + std::string(1'460, 'b') + "c", begin);
  EXPECT_EQ(link.next(), begin + 20ms);
  EXPECT_EQ(arrived(link, begin + 20ms), std::string(1'460, 'a'));
  EXPECT_EQ(link.next(), begin + 30ms);
  EXPECT_EQ(arrived(link, begin + 39ms), std::string(1'460, 'b') + "c");
  link.send(std::string(1'460, 'd'), begin + 1s);  // it has stood still, and saved nothing up
  EXPECT_EQ(link.next(), begin + 1s + 20ms);
}

TEST(Link, KeepsTheRestOfAPacket) {
  Link link({.delay = 1ms});
  link.send("packet", begin);
  link.take(4);
  EXPECT_EQ(link.packet(), "et");
  EXPECT_EQ(link.next(), begin + 1ms);
  link.take(2);
  EXPECT_EQ(link.next(), never);
}

TEST(Link, HasRoomForWhatTheLineHoldsAndSomeThatWaits) {
  Link link({.delay = 100ms, .bytes_a_second = 200'000});
  const std::string bytes(20'000 + 64 * 1024 - 1, 'x');
  link.send(bytes, begin);
  EXPECT_TRUE(link.has_room());
  link.send("x", begin);
  EXPECT_FALSE(link.has_room());
  link.take(1);
  EXPECT_TRUE(link.has_room());
}

TEST(Link, HoldsAMebibyteHoweverFastItIs) {
  for (const std::size_t bytes_a_second : {std::size_t{0}, bandwidth_max}) {
    Link link({.delay = delay_max, .bytes_a_second = bytes_a_second});
    link.send(std::string((1 << 20) - 1, 'x'), begin);
    EXPECT_TRUE(link.has_room());
    link.send("x", begin);
    EXPECT_FALSE(link.has_room());
  }
}

TEST(Amounts, HaveAUnit) {
  EXPECT_EQ(amounts::parse_time("delay=1.5ms", "1.5ms", 1s), 1500us);
  EXPECT_EQ(amounts::parse_size("0.5KiB", "0.5KiB", 1024), 512u);
  EXPECT_EQ(amounts::parse_bandwidth("200KB/s", "200KB/s", 1'000'000), 200'000u);
  EXPECT_THROW(amounts::parse_bandwidth("200KB", "200KB", 1'000'000), std::invalid_argument);
  EXPECT_THROW(amounts::parse_bandwidth("2MB/s", "2MB/s", 1'000'000), std::invalid_argument);
}

}  // namespace
}  // namespace weir::relay
