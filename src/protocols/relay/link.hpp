// What a slow network does to the bytes of one direction, as a function of time: no I/O.
#pragma once
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include <weir/time.hpp>

namespace weir::relay {

struct LinkSpeed {
  Duration delay{0};               // from one end to the other
  std::size_t bytes_a_second = 0;  // 0: as many as come

  explicit operator bool() const { return delay > Duration(0) || bytes_a_second > 0; }
};

inline constexpr Duration delay_max = std::chrono::seconds(10);
inline constexpr std::size_t bandwidth_max = 1'000'000'000;

/// One direction of a link. Its bytes go on the line packet by packet, each when the one before has
/// left, and arrive after the delay. It has room for what the line holds and 64 KiB that wait for it,
/// but for no more than 1 MiB; who sends is to wait for it.
class Link {
 public:
  explicit Link(const LinkSpeed& speed);

  bool has_room() const { return under_way_ < room_; }
  /// Takes all of it, room or not.
  void send(std::string_view bytes, Time now);
  /// Nothing more will be sent.
  void finish(Time now);

  /// When the next packet arrives; `never`: there is none.
  Time next() const { return packets_.empty() ? never : packets_.front().arrives; }
  /// That packet, as far as it hasn't been taken; empty: it is the end.
  std::string_view packet() const;
  /// So much of the packet. It is gone when nothing of it is left.
  void take(std::size_t size);

 private:
  struct Packet {
    Time arrives;
    std::string bytes;
  };
  const LinkSpeed speed_;
  const std::size_t packet_bytes_;
  const std::size_t room_;
  std::deque<Packet> packets_;
  std::size_t taken_ = 0;  // of the first packet
  std::size_t under_way_ = 0;
  Time free_at_{};  // the last packet has left by then
};

}  // namespace weir::relay
