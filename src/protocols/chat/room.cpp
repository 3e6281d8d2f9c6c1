#include "chat/room.hpp"

#include <algorithm>
#include <cassert>

#include "chat/text.hpp"

namespace weir::chat {
namespace {

constexpr std::size_t names_told_max = 100;

Line line_of(std::string text) {
  text += '\n';
  return std::make_shared<const std::string>(std::move(text));
}

}  // namespace

void Room::enter(Member& member) {
  const std::lock_guard lock(mutex_);
  member.name_ = free_guest_name(member);
  tell("* " + member.name_ + " has joined", nullptr);
  members_.push_back(&member);
  names_.emplace(key_of_name(member.name_), &member);
  member.present_ = true;
}

void Room::leave(Member& member) {
  const std::lock_guard lock(mutex_);
  if (!member.present_) return;
  remove(member);
  tell("* " + member.name_ + " has left", nullptr);
}

bool Room::rename(Member& member, std::string_view name) {
  const std::lock_guard lock(mutex_);
  if (!member.present_) return true;  // dismissed a moment ago: nobody is left to be told
  std::string key = key_of_name(name);
  const auto [known, is_free] = names_.try_emplace(std::move(key), &member);
  if (!is_free && known->second != &member) return false;
  if (is_free) {
    names_.erase(key_of_name(member.name_));
    lowest_guest_ = member.guest_ == 0 ? lowest_guest_ : std::min(lowest_guest_, member.guest_);
    member.guest_ = 0;
  }
  tell("* " + member.name_ + " is now " + std::string(name), &member);
  member.name_ = name;
  return true;
}

void Room::tell_others(const Member& member, std::string text) {
  const std::lock_guard lock(mutex_);
  if (member.present_) tell(std::move(text), &member);
}

std::string Room::names() {
  const std::lock_guard lock(mutex_);
  std::string text;
  for (std::size_t i = 0; i < members_.size() && i < names_told_max; ++i) {
    text += (i == 0 ? "" : ", ") + members_[i]->name_;
  }
  if (members_.size() <= names_told_max) return text;
  return text + " and " + std::to_string(members_.size() - names_told_max) + " more";
}

/// Posts to everyone but `except`. Who has no room for it is dismissed, at once, so that nobody
/// posts to him again; that is told as well, which may be too much for another.
void Room::tell(std::string text, const Member* except) {
  std::vector<Line> lines{line_of(std::move(text))};
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::vector<Member*> slow;
    for (Member* member : members_) {
      if (member == except && i == 0) continue;
      if (!member->lines_.post(lines[i])) slow.push_back(member);
    }
    for (Member* member : slow) {
      remove(*member);
      const bool told = member->dismissal_.post(line_of("! you are too slow: more than " +
                                                        std::to_string(lines_behind_max) +
                                                        " lines behind the others; good-bye"));
      assert(told && "a member is dismissed once");
      static_cast<void>(told);
      lines.push_back(line_of("* " + member->name_ + " was too slow and has been dropped"));
    }
  }
}

void Room::remove(Member& member) {
  member.present_ = false;
  members_.erase(std::find(members_.begin(), members_.end(), &member));
  names_.erase(key_of_name(member.name_));
  if (member.guest_ != 0) lowest_guest_ = std::min(lowest_guest_, member.guest_);
}

std::string Room::free_guest_name(Member& member) {
  const auto name = [this] { return "guest" + std::to_string(lowest_guest_); };
  while (names_.contains(name())) ++lowest_guest_;
  member.guest_ = lowest_guest_;
  return name();
}

void Member::say(std::string_view text) {
  room_.tell_others(*this, name_ + ": " + std::string(text));
}

}  // namespace weir::chat
