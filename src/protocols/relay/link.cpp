#include "relay/link.hpp"

#include <algorithm>

namespace weir::relay {
namespace {

constexpr double ns_per_s = 1e9;
constexpr std::size_t room_max = std::size_t{1} << 20;

/// As on an Ethernet, or what leaves within a millisecond: nobody looks at a faster link more often.
std::size_t packet_bytes_of(const LinkSpeed& speed) {
  constexpr std::size_t ethernet = 1'460;
  if (speed.bytes_a_second == 0) return room_max;
  return std::max(ethernet, speed.bytes_a_second / 1'000);
}

std::size_t room_of(const LinkSpeed& speed) {
  constexpr double waiting = 64 * 1024;
  if (speed.bytes_a_second == 0) return room_max;
  const double on_the_line = static_cast<double>(speed.bytes_a_second) *
                             static_cast<double>(speed.delay.count()) / ns_per_s;
  return static_cast<std::size_t>(std::min(on_the_line + waiting, static_cast<double>(room_max)));
}

Duration time_on_the_line(std::size_t bytes, const LinkSpeed& speed) {
  if (speed.bytes_a_second == 0) return Duration(0);
  return Duration(static_cast<Duration::rep>(static_cast<double>(bytes) * ns_per_s /
                                             static_cast<double>(speed.bytes_a_second)));
}

}  // namespace

Link::Link(const LinkSpeed& speed)
    : speed_(speed), packet_bytes_(packet_bytes_of(speed)), room_(room_of(speed)) {}

void Link::send(std::string_view bytes, Time now) {
  under_way_ += bytes.size();
  while (!bytes.empty()) {
    const std::string_view packet = bytes.substr(0, packet_bytes_);
    bytes.remove_prefix(packet.size());
    free_at_ = std::max(free_at_, now) + time_on_the_line(packet.size(), speed_);
    packets_.push_back({free_at_ + speed_.delay, std::string(packet)});
  }
}

void Link::finish(Time now) {
  packets_.push_back({std::max(free_at_, now) + speed_.delay, std::string()});
}

std::string_view Link::packet() const {
  return std::string_view(packets_.front().bytes).substr(taken_);
}

void Link::take(std::size_t size) {
  taken_ += size;
  under_way_ -= size;
  if (taken_ < packets_.front().bytes.size()) return;
  packets_.pop_front();
  taken_ = 0;
}

}  // namespace weir::relay
