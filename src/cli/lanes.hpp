#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace weir::cli {

struct LaneEvent {
  double at_ms;
  std::string what;
  std::string text;
};

/// What happened to one client, in order.
struct Lane {
  std::string name;
  std::vector<LaneEvent> events;
};

/// Who waits for whom: a line for each client, time running to the right.
std::string draw_lanes(const std::vector<Lane>& lanes, double elapsed_ms);

/// `bytes` with everything but printable ASCII escaped.
std::string printable(std::string_view bytes);

}  // namespace weir::cli
