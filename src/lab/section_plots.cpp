// The pictures of the report, each beside its figures.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "lab/figures.hpp"
#include "lab/format.hpp"
#include "lab/page.hpp"
#include "lab/sections.hpp"
#include "lab/summary.hpp"
#include "lab/svg.hpp"

namespace weir::lab {
namespace {

constexpr double chart_width = 920;

std::string ratio_to_reference(const Row& row) {
  const Estimate& estimate = row.cpu_to_reference;
  if (estimate.blocks == 0) return "n/a";
  return fmt::format("{} ({:.2f} to {:.2f})", ratio_text(std::exp(estimate.log_ratio)),
                     std::exp(estimate.interval.low), std::exp(estimate.interval.high));
}

struct Plot {
  std::string id;
  std::string title;
  std::string words;
  std::string description;
  Drawing drawing;
  std::string key;   ///< HTML
  std::string data;  ///< HTML: the same figures as a table
};

std::string plot_section(const Results& results, const Plot& plot) {
  return "<section><h2>" + escaped(plot.title) + "</h2>" + paragraph(plot.words, "soft") +
         plot.key + svg(plot.drawing, plot.id, plot.title, plot.description, SvgUse::inside_page) +
         details("The figures of this picture, and the command that repeats it",
                 plot.data + command_box(results.command)) +
         "</section>";
}

using Text = std::string (*)(const Row&);

std::string rows_table(const Results& results, const std::vector<std::string>& heads,
                       const std::vector<Text>& texts) {
  std::vector<std::string> all{"Connections", "Model"};
  all.insert(all.end(), heads.begin(), heads.end());
  HtmlTable table("", all, 2);
  for (const Row& row : results.rows) {
    std::vector<std::string> cells{std::to_string(row.connections), row.contestant};
    for (const Text text : texts) cells.push_back(text(row));
    table.add(cells);
  }
  return table.str();
}

std::string reason_or(const Figure& figure, const std::string& text) {
  return figure.known() ? text : "n/a: " + figure.reason();
}

Plot cost_plot(const Results& results) {
  const std::string key = fmt::format(
      R"(<p class="key"><span><i class="bandkey"></i>too close to {} to tell ({})</span>)"
      "<span>whiskers: lowest and highest block</span></p>",
      escaped(results.reference), floor_text(results.cpu_noise_floor));
  return {
      "cost",
      "What a request costs the server",
      "CPU time of the server for each request answered, in microseconds: shorter is better. "
      "It is the fairest figure on a small machine, since it holds whoever was the limit.",
      "Bars of server CPU time per request for each model at each number of connections.",
      cost_chart(results, chart_width),
      key,
      rows_table(
          results,
          {"us/request", "Lowest block", "Highest block", "To " + results.reference, "Rank"},
          {[](const Row& row) {
             return reason_or(row.cpu_ns_per_request, microseconds_text(row.cpu_ns_per_request));
           },
           [](const Row& row) { return microseconds_text(row.cpu_low_ns); },
           [](const Row& row) { return microseconds_text(row.cpu_high_ns); }, ratio_to_reference,
           [](const Row& row) { return dash_if_empty(row.cpu_letters); }})};
}

Plot waits_plot(const Results& results) {
  HtmlTable table("", {"Model", "Client", "Waited", "Done after"}, 2);
  for (const LaneSet& set : results.lanes) {
    for (const Lane& lane : set.lanes) {
      table.add({set.contestant, lane.name, time_text(waited_ms(lane) * 1e6),
                 time_text(done_ms(lane) * 1e6)});
    }
  }
  std::string data = table.str();
  if (!results.lanes.empty()) data += command_box(results.lanes.front().command);
  return {
      "waits",
      "Who waits",
      "Three clients come at once. Each sends three messages with pauses between them, as a "
      "person would. A server that serves one at a time lets the others stand in the queue.",
      "Lanes over time: for each model, how long each of three clients waited and was served.",
      who_waits_chart(results, chart_width),
      R"(<p class="key"><span><i class="waitkey"></i>connected, but waiting to be served</span>)"
      R"x(<span><i style="background:var(--s0)"></i>being served; a line marks each )x"
      "message that it sent</span></p>",
      data};
}

/// What is said where the twins by hand have no curve.
std::string without_twins(const Results& results, const std::string& words) {
  const auto& names = results.contestants;
  if (std::none_of(names.begin(), names.end(), is_by_hand)) return words;
  return words + " Servers by hand have no curves; they are in the table below.";
}

Plot rate_plot(const Results& results) {
  return {
      "rate",
      "How many requests a second",
      without_twins(
          results,
          "Each connection sends its next request when the answer to the last one is there. Hollow "
          "marks are lower bounds: the load generator was full, the server could have done more. "
          "Models that left clients unserved are not drawn."),
      "Curves of requests per second against the number of connections.",
      rate_chart(results, chart_width),
      "",
      rows_table(results, {"Requests/s", "Rank", "Limit"},
                 {rate_of, [](const Row& row) { return dash_if_empty(row.rate_letters); },
                  [](const Row& row) { return row.verdict.words; }})};
}

Plot latency_plot(const Results& results) {
  return {
      "latency",
      "How long an answer takes",
      without_twins(
          results,
          "Time from sending a request to its answer: the median (p50), and below it what one in a "
          "hundred exceeds (p99). In a closed loop it grows with the number of connections, "
          "because "
          "they queue for the same CPU."),
      "Curves of p50 and p99 latency against the number of connections, logarithmic.",
      latency_chart(results, chart_width),
      "",
      rows_table(results, {"p50", "p99"},
                 {[](const Row& row) { return reason_or(row.p50_ns, time_text(row.p50_ns)); },
                  [](const Row& row) { return reason_or(row.p99_ns, time_text(row.p99_ns)); }})};
}

Plot memory_plot(const Results& results) {
  return {"memory",
          fmt::format("What each of {} connections holds", largest_load(results)),
          "Memory that a connection adds: the server's own (heap and stack, solid) and the "
          "kernel's for its thread and page tables (paler). The socket itself costs the kernel 4 "
          "to 5 KiB more under any model and is left out.",
          "Bars of memory per connection for each model, user and kernel memory stacked.",
          memory_chart(results, chart_width),
          "",
          rows_table(results, {"User memory", "Kernel stack and page tables"},
                     {[](const Row& row) {
                        return reason_or(row.user_bytes_per_connection,
                                         bytes_text(row.user_bytes_per_connection));
                      },
                      [](const Row& row) { return bytes_text(row.kernel_bytes_per_connection); }})};
}

Plot switches_plot(const Results& results) {
  return {"switches",
          "How often the server gives up its CPU",
          "Context switches of the server for each request: voluntary ones (it waits) and "
          "involuntary ones (it is made to leave). These are counts, and don't drift as times do.",
          "Bars of context switches per request for each model and number of connections.",
          switches_chart(results, chart_width),
          "",
          rows_table(
              results, {"Voluntary", "Involuntary"},
              {[](const Row& row) { return count_text(row.voluntary_switches_per_request); },
               [](const Row& row) { return count_text(row.involuntary_switches_per_request); }})};
}

Plot calls_plot(const Results& results) {
  return {"calls",
          "How often the server asks the kernel",
          "System calls of the server for each request, counted in a short window of their own. A "
          "loop that finds many connections ready asks once for all of them.",
          "Bars of system calls per request for each model and number of connections.",
          calls_chart(results, chart_width),
          "",
          rows_table(results, {"System calls/request"}, {[](const Row& row) {
                       return reason_or(row.system_calls_per_request,
                                        count_text(row.system_calls_per_request));
                     }})};
}

}  // namespace

std::string plots_html(const Results& results) {
  std::string text;
  if (!results.rows.empty()) text += plot_section(results, cost_plot(results));
  if (!results.lanes.empty()) text += plot_section(results, waits_plot(results));
  if (results.rows.empty()) return text;
  for (const Plot& plot : {rate_plot(results), latency_plot(results), memory_plot(results),
                           switches_plot(results), calls_plot(results)}) {
    text += plot_section(results, plot);
  }
  return text;
}

}  // namespace weir::lab
