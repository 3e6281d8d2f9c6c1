#include "lab/table.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "lab/format.hpp"
#include "lab/machine.hpp"
#include "lab/summary.hpp"

namespace weir::lab {
namespace {

constexpr std::string_view gap = "  ";

enum class Side { left, right };

struct Column {
  std::string_view head;
  std::string_view unit;
  Side side;
};

constexpr std::array columns{
    Column{"model", "", Side::left},
    Column{"server CPU", "us/request", Side::right},
    Column{"", "rank", Side::left},
    Column{"switches", "/request", Side::right},
    Column{"calls", "/request", Side::right},
    Column{"rate", "", Side::right},
    Column{"", "rank", Side::left},
    Column{"p50", "", Side::right},
    Column{"p99", "", Side::right},
    Column{"memory", "user", Side::right},
    Column{"/connection", "kernel", Side::right},
    Column{"limit", "", Side::left},
};
using Line = std::array<std::string, columns.size()>;

Line line_of(const Row& row) {
  return {row.contestant,
          microseconds_text(row.cpu_ns_per_request),
          row.cpu_letters.empty() ? "-" : row.cpu_letters,
          count_text(switches_per_request(row)),
          count_text(row.system_calls_per_request),
          (row.rate_is_lower_bound ? ">= " : "") + rate_text(row.throughput_rps),
          row.rate_letters.empty() ? "-" : row.rate_letters,
          time_text(row.p50_ns),
          time_text(row.p99_ns),
          bytes_text(row.user_bytes_per_connection),
          bytes_text(row.kernel_bytes_per_connection),
          limit_text(row)};
}

Tone tone_of(std::size_t column, const Row& row, const std::string& text) {
  if (text == "n/a" || text == "-") return Tone::faint;
  const bool best = row.cpu_letters.find('a') != std::string::npos;
  if (column <= 1 && best) return Tone::strong;
  if (column + 1 == columns.size() &&
      (row.verdict.starved || row.verdict.noisy || row.verdict.limit == Limit::invalid)) {
    return Tone::warning;
  }
  return Tone::plain;
}

std::string padded(const std::string& text, std::size_t width, Side side) {
  return side == Side::left ? fmt::format("{:<{}}", text, width)
                            : fmt::format("{:>{}}", text, width);
}

std::string trimmed(std::string text) {
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text + "\n";
}

std::string head_lines(const std::array<std::size_t, columns.size()>& widths, Colour colour) {
  std::string head;
  std::string unit;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string separator(i == 0 ? "" : gap);
    head += separator + padded(std::string(columns[i].head), widths[i], columns[i].side);
    unit += separator + padded(std::string(columns[i].unit), widths[i], columns[i].side);
  }
  return trimmed(toned(head, Tone::faint, colour)) + trimmed(toned(unit, Tone::faint, colour));
}

std::string grid(const Results& results, Colour colour) {
  std::vector<Line> lines;
  std::array<std::size_t, columns.size()> widths{};
  for (std::size_t i = 0; i < columns.size(); ++i) {
    widths[i] = std::max(columns[i].head.size(), columns[i].unit.size());
  }
  for (const Row& row : results.rows) {
    lines.push_back(line_of(row));
    for (std::size_t i = 0; i < columns.size(); ++i) {
      widths[i] = std::max(widths[i], lines.back()[i].size());
    }
  }
  widths.back() = 0;  // the last column may be as long as it likes
  std::string text = head_lines(widths, colour);
  std::size_t connections = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Row& row = results.rows[i];
    if (row.connections != connections) {
      connections = row.connections;
      text += fmt::format("\n{} connection{}\n", connections, connections == 1 ? "" : "s");
    }
    std::string line;
    for (std::size_t column = 0; column < columns.size(); ++column) {
      const std::string& cell = lines[i][column];
      line += (column == 0 ? "" : std::string(gap)) +
              toned(padded(cell, widths[column], columns[column].side), tone_of(column, row, cell),
                    colour);
    }
    text += trimmed(line);
  }
  return text;
}

}  // namespace

std::string table(const Results& results, Colour colour) {
  const Machine& machine = results.machine;
  std::string text = wrapped(
      fmt::format("{} on {} ({} CPU{}{}, {}), {}, {}, {} block{} of {:.0f} ms runs, seed {}",
                  results.protocol, machine.processor, machine.cpus, machine.cpus == 1 ? "" : "s",
                  machine.virtualisation.empty() ? "" : ", " + machine.virtualisation,
                  machine.kernel, placement_text(machine), idle_text(machine), results.blocks,
                  results.blocks == 1 ? "" : "s", results.window_ms, results.seed));
  if (results.cpu_noise_floor > 0) {
    text += toned(
        fmt::format("noise floor: costs closer than {} (rates: {}) can't be told apart "
                    "here; the same letter means so\n",
                    ratio_text(results.cpu_noise_floor), ratio_text(results.rate_noise_floor)),
        Tone::strong, colour);
  }
  text +=
      "\n" + grid(results, colour) + "\n" + toned(wrapped(results.answer), Tone::strong, colour);
  for (const std::string& explanation : results.explanations) text += "\n" + wrapped(explanation);
  return text;
}

}  // namespace weir::lab
