#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "chat/room.hpp"

namespace weir::chat {
namespace {

using Heard = std::vector<std::string>;

Heard heard(Member& member) {
  Heard lines;
  while (const std::optional<Line> line = member.lines().take()) {
    std::string text = **line;
    text.pop_back();  // its end
    lines.push_back(text);
  }
  return lines;
}

TEST(ChatRoom, EveryoneButTheSpeakerHearsALine) {
  Room room;
  Member one(room);
  Member two(room);
  Member three(room);
  EXPECT_EQ(heard(one), (Heard{"* guest2 has joined", "* guest3 has joined"}));
  EXPECT_EQ(heard(two), Heard{"* guest3 has joined"});
  EXPECT_EQ(heard(three), Heard{});
  two.say("hello");
  two.say("again");
  EXPECT_EQ(heard(one), (Heard{"guest2: hello", "guest2: again"}));
  EXPECT_EQ(heard(two), Heard{});
  EXPECT_EQ(heard(three), (Heard{"guest2: hello", "guest2: again"}));
}

TEST(ChatRoom, ALineIsMadeOnceForAll) {
  Room room;
  Member one(room);
  Member two(room);
  Member three(room);
  heard(one);
  heard(two);
  three.say("the same");
  const Line at_one = *one.lines().take();
  const Line at_two = *two.lines().take();
  EXPECT_EQ(at_one.get(), at_two.get());
}

TEST(ChatRoom, TheLowestFreeNumberNamesAGuest) {
  Room room;
  Member one(room);
  auto two = std::make_unique<Member>(room);
  auto three = std::make_unique<Member>(room);
  EXPECT_EQ(three->name(), "guest3");
  two.reset();
  EXPECT_EQ(Member(room).name(), "guest2");
  EXPECT_TRUE(one.rename("guest4"));
  EXPECT_EQ(Member(room).name(), "guest1");
  Member first(room);
  Member second(room);
  Member fifth(room);
  EXPECT_EQ(fifth.name(), "guest5");
  EXPECT_EQ(first.names(), "guest4, guest3, guest1, guest2, guest5");
}

TEST(ChatRoom, ANameIsTakenOnceWhateverItsCapitals) {
  Room room;
  Member one(room);
  Member two(room);
  heard(one);
  EXPECT_TRUE(one.rename("Ada"));
  EXPECT_EQ(heard(two), Heard{"* guest1 is now Ada"});
  EXPECT_FALSE(two.rename("ada"));
  EXPECT_TRUE(one.rename("ADA"));
  EXPECT_TRUE(one.rename("grace"));
  EXPECT_TRUE(two.rename("ada"));
  EXPECT_EQ(one.names(), "grace, ada");
}

TEST(ChatRoom, WhoLeavesIsMissedOnce) {
  Room room;
  Member one(room);
  {
    Member two(room);
    two.leave();
    two.say("into the void");
  }
  EXPECT_EQ(heard(one), (Heard{"* guest2 has joined", "* guest2 has left"}));
  EXPECT_EQ(one.names(), "guest1");
}

TEST(ChatRoom, WhoIsTooFarBehindIsDismissedAndTheOthersAreTold) {
  Room room;
  Member slow(room);
  Member talker(room);
  Member reader(room);
  Heard all;
  const auto read = [&] {
    for (const std::string& line : heard(reader)) all.push_back(line);
  };
  // The slow one has been told of two that came.
  for (std::size_t i = 0; i < Room::lines_behind_max - 2; ++i) {
    talker.say("line");
    read();
  }
  EXPECT_FALSE(slow.dismissal().take());
  EXPECT_EQ(talker.names(), "guest1, guest2, guest3");
  talker.say("one too many");
  read();
  EXPECT_EQ(all.back(), "* guest1 was too slow and has been dropped");
  EXPECT_EQ(all.size(), Room::lines_behind_max);  // all that was said, and that
  EXPECT_EQ(heard(talker),
            (Heard{"* guest3 has joined", "* guest1 was too slow and has been dropped"}));
  EXPECT_EQ(talker.names(), "guest2, guest3");

  const std::optional<Line> reason = slow.dismissal().take();
  ASSERT_TRUE(reason);
  EXPECT_EQ(**reason, "! you are too slow: more than 1024 lines behind the others; good-bye\n");
  EXPECT_EQ(heard(slow).size(), Room::lines_behind_max);
  talker.say("more");
  slow.say("I am still here");  // it isn't
  EXPECT_EQ(heard(slow), Heard{});
  EXPECT_EQ(heard(talker), Heard{});
}

}  // namespace
}  // namespace weir::chat
