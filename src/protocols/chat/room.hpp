#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <weir/mailbox.hpp>

namespace weir::chat {

/// A line for many, with its end: made once.
using Line = std::shared_ptr<const std::string>;

class Member;

/// Who is in the room. Its members may be on different threads.
class Room {
 public:
  /// How far a member may be behind. One that would be further is dismissed.
  static constexpr std::size_t lines_behind_max = 1024;

  Room() = default;
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;

 private:
  friend class Member;

  void enter(Member& member);
  void leave(Member& member);
  bool rename(Member& member, std::string_view name);
  void tell_others(const Member& member, std::string text);
  std::string names();

  // --- with the mutex held

  void tell(std::string text, const Member* except);
  void remove(Member& member);
  std::string free_guest_name(Member& member);

  std::mutex mutex_;
  std::vector<Member*> members_;          // in the order in which they came
  std::map<std::string, Member*> names_;  // by key_of_name
  std::uint32_t lowest_guest_ = 1;        // where the search for a free number begins
};

/// A place in the room, as long as it lives. It belongs to one session.
class Member {
 public:
  /// Enters, under the first name `guestN` that is free; the others are told.
  explicit Member(Room& room) : room_(room) { room_.enter(*this); }
  /// Leaves, unless that has been done; the others are told.
  ~Member() { leave(); }
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;

  const std::string& name() const { return name_; }

  void leave() { room_.leave(*this); }
  /// Says `text`, one line without its end, to everyone else.
  void say(std::string_view text);
  /// Takes another name; the others are told. False: somebody else has it.
  bool rename(std::string_view name) { return room_.rename(*this, name); }
  /// Everybody's name, in the order in which they came: `guest1, ada`.
  std::string names() { return room_.names(); }

  /// What the others say, and who comes and goes.
  Mailbox<Line>& lines() { return lines_; }
  /// Holds the reason once this member has been removed from the room. A mailbox of its own, since
  /// a session whose client takes nothing leaves the other one full and does not wait for it.
  Mailbox<Line>& dismissal() { return dismissal_; }

 private:
  friend class Room;

  Room& room_;
  Mailbox<Line> lines_{Room::lines_behind_max};
  Mailbox<Line> dismissal_{1};
  std::string name_;         // changed by its own session only, with the room's mutex held
  std::uint32_t guest_ = 0;  // the number of `guestN`; 0: it has chosen a name
  bool present_ = false;     // with the room's mutex held
};

}  // namespace weir::chat
