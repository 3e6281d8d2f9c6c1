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

/// The same as a drawing of its own, in SVG.
std::string lanes_svg(const std::vector<Lane>& lanes, double elapsed_ms, const std::string& title);

/// `bytes` with everything but printable ASCII escaped.
std::string printable(std::string_view bytes);

}  // namespace weir::cli
