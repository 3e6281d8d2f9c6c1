#include "lab/verdict.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/format.hpp"
#include "lab/results.hpp"

namespace weir::lab {
namespace {

constexpr double busy_share = 0.90;
constexpr double connected_share_min = 0.90;
constexpr double foreign_share_max = 0.05;
constexpr double steal_share_max = 0.02;
constexpr double jain_min = 0.90;

std::string why_invalid(const Cell& cell, Losses losses) {
  if (!cell.failure.empty()) return cell.failure;
  if (!cell.requests.known()) return "the load generator reported no requests";
  if (losses == Losses::measured) return "";
  if (cell.errors.value_or(0) > 0) {
    return fmt::format("{:.0f} connections failed or were answered wrongly",
                       cell.errors.value_or(0));
  }
  const double wanted = static_cast<double>(cell.connections);
  if (cell.connected.value_or(wanted) < wanted * connected_share_min) {
    return fmt::format("only {:.0f} of {} clients could connect", cell.connected.value_or(0),
                       cell.connections);
  }
  if (cell.requests.value_or(0) <= 0) return "not one request was answered";
  return "";
}

/// What the hypervisor takes from a CPU is in nobody's CPU time: who uses all that is left is busy.
double left_of(const Figure& steal_share) {
  constexpr double left_min = 0.1;
  return std::max(left_min, 1 - steal_share.value_or(0));
}

double generator_busy(const Cell& cell) {
  const double runnable =
      cell.generator_cpu_ns.value_or(0) + cell.generator_run_queue_wait_ns.value_or(0);
  const double seen = cell.window_ns > 0 ? runnable / cell.window_ns : 0;
  return std::max(seen, cell.generator_utilisation.value_or(0)) /
         left_of(cell.server.own_cpus_steal_share);
}

// A single thread can't use more than one CPU, however many it may run on. Where it is the only
// one, its wait for the CPU counts as it does for the generator; with several threads the waits
// overlap and say nothing.
double server_busy(const Cell& cell, const Placement& placement) {
  const double threads = std::max(1.0, cell.server.threads.value_or(placement.server_cpus));
  const double used = cell.server.utilisation.value_or(0);
  const double waited = threads == 1 && cell.window_ns > 0
                            ? cell.server.run_queue_wait_ns.value_or(0) / cell.window_ns
                            : 0;
  return (used + waited) / std::min(placement.server_cpus, threads) /
         left_of(cell.server.server_cpus_steal_share);
}

std::string limit_words(const Cell& cell, Limit limit, bool server_too, Losses losses) {
  const std::string rate = rate_text(cell.throughput_rps);
  switch (limit) {
    case Limit::invalid:
      return why_invalid(cell, losses);
    case Limit::generator:
      if (cell.generator_late) return "the load generator sent too late, or too little";
      return server_too ? fmt::format(
                              "the load generator was the limit, and the server was full too: "
                              "at least {}",
                              rate)
                        : fmt::format("the load generator was the limit: at least {}", rate);
    case Limit::server:
      return fmt::format("the server was the limit: {}", rate);
    case Limit::machine:
      return fmt::format("server and load generator shared a full CPU: {} together", rate);
    case Limit::latency:
      return "nobody was busy: each client waited for its answer";
  }
  return "";
}

/// Rate times latency is how many requests are under way, and so how many clients are served (Little's
/// law). A request that spans an edge of the window counts as a whole or not at all, the longest too.
double clients_too_many(const Cell& cell) {
  constexpr double off_max = 0.05;
  const double edges = cell.window_ns > 0 ? cell.max_ns.value_or(0) / cell.window_ns : 0;
  const double off = cell.littles_law.value_or(1) - 1;
  return std::abs(off) > off_max + edges ? off : 0;
}

std::string starved_words(const Cell& cell) {
  const double unserved = cell.unserved.value_or(0);
  if (unserved > 0) {
    return fmt::format("{:.0f} of {} clients {} never served", unserved, cell.connections,
                       unserved == 1 ? "was" : "were");
  }
  if (cell.jain.value_or(1) >= jain_min) {
    return fmt::format("only {:.0f} % of the clients were being served at a time (Little's law)",
                       100 * cell.littles_law.value_or(0));
  }
  return fmt::format("some clients got far less than others (Jain index {:.2f})",
                     cell.jain.value_or(0));
}

std::string unsteady_words(bool stalled_before) {
  return stalled_before ? "it was not steady: its first answers had been waited for since before"
                        : "it was not steady: its halves differ";
}

std::string noisy_words(const Cell& cell) {
  if (cell.server.steal_share.value_or(0) > steal_share_max) {
    return fmt::format("the hypervisor took {:.0f} % of the CPU time",
                       cell.server.steal_share.value_or(0) * 100);
  }
  return fmt::format("other programs used {:.0f} % of the CPU time",
                     cell.server.foreign_cpu_share.value_or(0) * 100);
}

}  // namespace

Verdict judge(const Cell& cell, const Placement& placement, Losses losses) {
  Verdict verdict;
  const double generator = generator_busy(cell) / placement.generator_cpus;
  const double server = server_busy(cell, placement);
  if (!why_invalid(cell, losses).empty()) {
    verdict.limit = Limit::invalid;
  } else if (placement.shared && generator + server >= busy_share) {
    verdict.limit = Limit::machine;
  } else if (generator >= busy_share || cell.generator_late) {
    verdict.limit = Limit::generator;
  } else if (server >= busy_share) {
    verdict.limit = Limit::server;
  }
  verdict.server_full = server >= busy_share;
  verdict.words = limit_words(cell, verdict.limit, verdict.server_full, losses);
  if (verdict.limit == Limit::invalid) return verdict;
  const bool whole = losses == Losses::invalid;  // else clients go, and with them their requests
  const double too_many = whole ? clients_too_many(cell) : 0;
  verdict.starved =
      cell.unserved.value_or(0) > 0 || cell.jain.value_or(1) < jain_min || too_many < 0;
  verdict.unsteady = whole && (cell.unsteady || too_many > 0);
  verdict.noisy = cell.server.foreign_cpu_share.value_or(0) > foreign_share_max ||
                  cell.server.steal_share.value_or(0) > steal_share_max;
  if (verdict.starved) verdict.words = starved_words(cell) + "; " + verdict.words;
  if (verdict.unsteady) verdict.words += "; " + unsteady_words(too_many > 0);
  if (verdict.noisy) verdict.words += "; " + noisy_words(cell);
  return verdict;
}

std::string name(const Verdict& verdict) {
  std::string result;
  switch (verdict.limit) {
    case Limit::invalid:
      result = "INVALID";
      break;
    case Limit::generator:
      result = "GENERATOR-BOUND";
      break;
    case Limit::server:
      result = "SERVER-BOUND";
      break;
    case Limit::machine:
      result = "MACHINE-BOUND";
      break;
    case Limit::latency:
      result = "LATENCY-BOUND";
      break;
  }
  if (verdict.starved) result += "+STARVED";
  if (verdict.noisy) result += "+NOISY";
  if (verdict.unsteady) result += "+UNSTEADY";
  return result;
}

}  // namespace weir::lab
