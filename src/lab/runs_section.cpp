// Every run of a comparison, with all its figures.
#include <array>

#include <fmt/format.h>

#include "lab/format.hpp"
#include "lab/page.hpp"
#include "lab/sections.hpp"

namespace weir::lab {
namespace {

std::string share_text(const Figure& figure) {
  return figure.known() ? fmt::format("{:.1f} %", figure.value_or(0) * 100) : "n/a";
}

std::string whole_text(const Figure& figure) {
  return figure.known() ? fmt::format("{:.0f}", figure.value_or(0)) : "n/a";
}

/// The four columns by which a run is known in each of the tables.
std::vector<std::string> run_of(const Cell& cell, std::vector<std::string> figures) {
  std::vector<std::string> cells{
      std::to_string(cell.block + 1), std::to_string(cell.connections), run_name(cell),
      cell.failure.empty() ? name(cell.verdict) : "INVALID: " + cell.failure};
  cells.insert(cells.end(), std::make_move_iterator(figures.begin()),
               std::make_move_iterator(figures.end()));
  return cells;
}

using FiguresOf = std::vector<std::string> (*)(const Cell&);

std::string table_of(const Results& results, const std::string& caption,
                     const std::vector<std::string>& heads, FiguresOf figures_of) {
  std::vector<std::string> all{"Block", "Connections", "Model", "Verdict"};
  all.insert(all.end(), heads.begin(), heads.end());
  HtmlTable table(caption, all, 4);
  for (const Cell& cell : results.cells) table.add(run_of(cell, figures_of(cell)));
  return table.str();
}

std::vector<std::string> seen(const Cell& cell) {
  return {
      whole_text(cell.connected),  whole_text(cell.served),        whole_text(cell.requests),
      rate_text(cell.offered_rps), rate_text(cell.throughput_rps), whole_text(cell.errors),
      whole_text(cell.unserved),   count_text(cell.jain),          count_text(cell.littles_law)};
}

std::vector<std::string> latencies(const Cell& cell) {
  return {time_text(cell.mean_ns),         time_text(cell.p50_ns),
          time_text(cell.p90_ns),          time_text(cell.p99_ns),
          time_text(cell.p99_calm_ns),     time_text(cell.p999_ns),
          time_text(cell.max_ns),          time_text(cell.send_lag_p90_ns),
          time_text(cell.send_lag_p99_ns), time_text(cell.send_lag_p99_calm_ns)};
}

std::vector<std::string> of_generator(const Cell& cell) {
  return {time_text(cell.generator_cpu_ns), microseconds_text(cell.generator_cpu_ns_per_request),
          time_text(cell.generator_run_queue_wait_ns), share_text(cell.generator_utilisation)};
}

std::vector<std::string> of_server(const Cell& cell) {
  const ServerFigures& server = cell.server;
  return {whole_text(server.threads),
          time_text(server.cpu_ns),
          microseconds_text(server.cpu_ns_per_request),
          share_text(server.utilisation),
          time_text(server.run_queue_wait_ns),
          count_text(server.voluntary_switches_per_request),
          count_text(server.involuntary_switches_per_request),
          count_text(server.system_calls_per_request)};
}

std::vector<std::string> memory_and_others(const Cell& cell) {
  const ServerFigures& server = cell.server;
  return {bytes_text(server.user_bytes_per_connection),
          bytes_text(server.kernel_stack_bytes_per_connection),
          bytes_text(server.page_table_bytes_per_connection),
          share_text(server.foreign_cpu_share),
          share_text(server.steal_share),
          share_text(server.server_cpus_steal_share),
          share_text(server.own_cpus_steal_share)};
}

std::string tables_of(const Results& results) {
  return table_of(results, "Every run, in the order in which it was made: what its clients saw.",
                  {"Connected", "Served", "Requests", "Offered", "Rate", "Errors", "Unserved",
                   "Jain", "Little"},
                  seen) +
         table_of(results, "Latencies: of the responses in an open loop, else of the service.",
                  {"Mean", "p50", "p90", "p99", "p99 calm", "p99.9", "Max", "Send lag p90",
                   "Send lag p99", "Lag p99 calm"},
                  latencies) +
         table_of(results, "The server.",
                  {"Threads", "CPU", "CPU us/request", "Utilisation", "Queued", "Voluntary",
                   "Involuntary", "Calls"},
                  of_server) +
         table_of(results, "Memory of a connection, and who else used the CPUs.",
                  {"User", "Kernel stacks", "Page tables", "Other programs", "Stolen",
                   "From the server", "From the generator"},
                  memory_and_others) +
         table_of(results, "The load generator.",
                  {"CPU", "CPU us/request", "Queued", "Utilisation"}, of_generator);
}

}  // namespace

std::string run_name(const Cell& cell) {
  return cell.contestant + (cell.twin ? " (A/A twin)" : "");
}

std::string runs_html(const Results& results) {
  return "<section><h2>Every run</h2>" +
         details(fmt::format("{} runs", results.cells.size()), tables_of(results)) +
         "<h2>Again</h2>" + paragraph("This repeats the comparison, in the same order:", "soft") +
         command_box(results.command) +
         paragraph(fmt::format("Started {}, took {:.0f} s{}.", results.started, results.elapsed_s,
                               results.version.empty() ? "" : ", weir " + results.version),
                   "soft") +
         "</section>";
}

}  // namespace weir::lab
