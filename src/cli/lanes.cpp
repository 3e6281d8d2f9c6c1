#include "cli/lanes.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "lab/charts.hpp"

namespace weir::cli {
namespace {

constexpr std::size_t width = 60;  // columns for the whole time

std::size_t column(double at_ms, double elapsed_ms) {
  const double share = elapsed_ms > 0 ? at_ms / elapsed_ms : 0;
  return std::min(width - 1, static_cast<std::size_t>(share * static_cast<double>(width)));
}

std::string draw(const Lane& lane, double elapsed_ms) {
  std::string line(width, '.');
  bool served = false;
  std::size_t from = 0;
  const auto fill_to = [&](std::size_t to) {
    if (served)
      std::fill(line.begin() + static_cast<long>(from), line.begin() + static_cast<long>(to), '=');
    from = to;
  };
  for (const LaneEvent& event : lane.events) {
    fill_to(column(event.at_ms, elapsed_ms));
    if (event.what.starts_with("connected")) served = true;
    if (event.what.starts_with("disconnecting")) {
      line[from] = '=';
      std::fill(line.begin() + static_cast<long>(from) + 1, line.end(), ' ');
      served = false;
    }
  }
  fill_to(width);
  for (const LaneEvent& event : lane.events) {
    char& cell = line[column(event.at_ms, elapsed_ms)];
    if (event.what == "received" && cell != 'S') cell = 'R';
    if (event.what == "sending") cell = 'S';
    if (event.what.starts_with("failed")) cell = '!';
  }
  return line;
}

/// From when it was served until when it left, or the end.
lab::TimeLane drawn(const Lane& lane, double elapsed_ms) {
  lab::TimeLane made{lane.name, elapsed_ms, elapsed_ms, {}};
  for (const LaneEvent& event : lane.events) {
    if (event.what.starts_with("connected")) made.wait_until_ms = event.at_ms;
    if (event.what.starts_with("disconnecting")) made.end_ms = event.at_ms;
    if (event.what == "sending" || event.what == "received") made.marks_ms.push_back(event.at_ms);
  }
  return made;
}

}  // namespace

std::string draw_lanes(const std::vector<Lane>& lanes, double elapsed_ms) {
  std::string text;
  for (const Lane& lane : lanes)
    text += fmt::format("{:>7} |{}|\n", lane.name, draw(lane, elapsed_ms));
  text += fmt::format("{:>7}  0{:>{}}\n", "", fmt::format("{:.2f} s", elapsed_ms / 1e3), width - 1);
  text += "         . waits to be served  = is served  S sends  R receives  ! failed\n";
  return text;
}

std::string lanes_svg(const std::vector<Lane>& lanes, double elapsed_ms, const std::string& title) {
  constexpr double width = 760;
  lab::LaneGroup group;
  group.label = "clients";
  group.note = "hatched: waits to be served; coloured: is served; marks: sends, receives";
  for (const Lane& lane : lanes) group.lanes.push_back(drawn(lane, elapsed_ms));
  return lab::svg(lab::lane_chart({group}, width), "lanes", title,
                  fmt::format("{} clients over {:.2f} s, and when each of them was served.",
                              lanes.size(), elapsed_ms / 1e3),
                  lab::SvgUse::stand_alone);
}

std::string printable(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    const auto code = static_cast<unsigned char>(byte);
    if (code >= 0x20 && code < 0x7f && byte != '\\')
      text += byte;
    else
      text += fmt::format("\\x{:02x}", code);
  }
  return text;
}

}  // namespace weir::cli
