#include "lab/criterion.hpp"

#include <array>
#include <stdexcept>

#include <fmt/format.h>

#include "lab/format.hpp"

namespace weir::lab {
namespace {

struct Entry {
  Criterion criterion;
  std::string_view name;
  std::string_view title;
  bool higher_is_better;
  bool is_count;
};

constexpr std::array entries{
    Entry{Criterion::cpu, "cpu", "server CPU per request", false, false},
    Entry{Criterion::rate, "rate", "answers a second", true, false},
    Entry{Criterion::p50, "p50", "p50 latency", false, false},
    Entry{Criterion::p99, "p99", "p99 latency", false, false},
    Entry{Criterion::calm_p99, "calm_p99", "calm p99 latency", false, false},
    Entry{Criterion::memory, "memory", "memory per connection", false, false},
    Entry{Criterion::unserved, "unserved", "clients never served", false, true},
    Entry{Criterion::lost, "lost", "connections lost", false, true},
};

const Entry& entry_of(Criterion criterion) {
  return entries[static_cast<std::size_t>(criterion)];
}

}  // namespace

Criterion parse_criterion(std::string_view name) {
  std::string names;
  for (const Entry& entry : entries) {
    if (entry.criterion == Criterion::calm_p99) continue;  // nobody asks for it by name
    if (entry.name == name) return entry.criterion;
    names += fmt::format("{}{}", names.empty() ? "" : ", ", entry.name);
  }
  throw std::runtime_error(fmt::format("'{}' is no figure to judge by (only {})", name, names));
}

std::string_view name(Criterion criterion) {
  return entry_of(criterion).name;
}

std::string_view title(Criterion criterion) {
  return entry_of(criterion).title;
}

bool higher_is_better(Criterion criterion) {
  return entry_of(criterion).higher_is_better;
}

bool is_count(Criterion criterion) {
  return entry_of(criterion).is_count;
}

Figure figure_of(const Cell& cell, Criterion criterion) {
  switch (criterion) {
    case Criterion::cpu:
      return cell.server.cpu_ns_per_request;
    case Criterion::rate:
      return cell.throughput_rps;
    case Criterion::p50:
      return cell.p50_ns;
    case Criterion::p99:
      return cell.p99_ns;
    case Criterion::calm_p99:
      return cell.p99_calm_ns;
    case Criterion::memory:
      return cell.server.user_bytes_per_connection + cell.server.kernel_stack_bytes_per_connection +
             cell.server.page_table_bytes_per_connection;
    case Criterion::unserved:
      return cell.unserved;
    case Criterion::lost:
      return cell.errors;
  }
  return {};
}

Figure promised(const Cell& cell, const Goal& goal) {
  return goal.figure == Criterion::p50 ? cell.p50_ns : cell.p99_ns;
}

bool keeps(const Figure& latency_ns, const Goal& goal) {
  return latency_ns.known() && latency_ns.value_or(0) < goal.below_ns;
}

std::string text_of(const Figure& figure, Criterion criterion) {
  switch (criterion) {
    case Criterion::cpu:
      return figure.known() ? microseconds_text(figure) + " us" : "n/a";
    case Criterion::rate:
      return rate_text(figure);
    case Criterion::p50:
    case Criterion::p99:
    case Criterion::calm_p99:
      return time_text(figure);
    case Criterion::memory:
      return bytes_text(figure);
    case Criterion::unserved:
    case Criterion::lost:
      return figure.known() ? fmt::format("{:.0f}", figure.value_or(0)) : "n/a";
  }
  return "";
}

}  // namespace weir::lab
