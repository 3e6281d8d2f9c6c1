// The sections of the report that hold words and tables.
#include "lab/sections.hpp"

#include <cmath>

#include <fmt/format.h>

#include "lab/format.hpp"
#include "lab/machine.hpp"
#include "lab/page.hpp"
#include "lab/summary.hpp"
#include "lab/svg.hpp"

namespace weir::lab {
namespace {

std::string fact(const std::string& name, const std::string& value) {
  return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>", escaped(name), escaped(value));
}

std::string ratio_of(const Row& row) {
  const Estimate& estimate = row.cpu_to_reference;
  return estimate.blocks == 0 ? "n/a" : ratio_text(std::exp(estimate.log_ratio));
}

}  // namespace

std::string floor_text(double floor) {
  return floor > 0 ? ratio_text(floor) : "unknown";
}

std::string dash_if_empty(const std::string& text) {
  return text.empty() ? "–" : text;
}

std::string rate_of(const Row& row) {
  return (row.rate_is_lower_bound ? "≥ " : "") + rate_text(row.throughput_rps);
}

std::string head_html(const Results& results) {
  std::string text = R"(<header><p class="kicker">weir compare</p>)"
                     "<h1>Which way to concurrency is best for this load, on this machine?</h1>"
                     R"(<div class="answer">)" +
                     paragraph(results.answer) + "</div></header>";
  const Machine& machine = results.machine;
  std::string cpus = fmt::format("{} × {}", machine.cpus, machine.processor);
  if (!machine.virtualisation.empty()) cpus += ", " + machine.virtualisation;
  text +=
      R"(<dl class="facts">)" + fact("Machine", cpus) +
      fact("System", machine.system + ", " + machine.kernel) +
      fact("Memory", bytes_text(machine.memory_bytes)) +
      fact("Placement", placement_text(machine) + "; " + idle_text(machine)) +
      fact("Noise floor of cost and of rate",
           floor_text(results.cpu_noise_floor) + " and " + floor_text(results.rate_noise_floor)) +
      fact("Runs", fmt::format("{} of {}, {} block{} of {:.0f} ms, seed {}", results.cells.size(),
                               results.cells_planned, results.blocks,
                               results.blocks == 1 ? "" : "s", results.window_ms, results.seed)) +
      "</dl>";
  return text;
}

namespace {

/// What the table of the figures leaves out, for it would be too wide.
std::string spread_html(const Results& results) {
  HtmlTable table("Lowest and highest of the blocks; the ratio's interval, or its range.",
                  {"Clients", "Model", "Blocks", "CPU us, lowest", "highest",
                   "to " + results.reference, "from", "to", "Voluntary", "Involuntary", "Unserved"},
                  2);
  for (const Row& row : results.rows) {
    const Estimate& estimate = row.cpu_to_reference;
    const auto ratio = [&estimate](double log_ratio) {
      return estimate.blocks == 0 ? "n/a" : ratio_text(std::exp(log_ratio));
    };
    table.add({std::to_string(row.connections), row.contestant, std::to_string(row.blocks),
               microseconds_text(row.cpu_low_ns), microseconds_text(row.cpu_high_ns), ratio_of(row),
               ratio(estimate.interval.low), ratio(estimate.interval.high),
               count_text(row.voluntary_switches_per_request),
               count_text(row.involuntary_switches_per_request), count_text(row.unserved)});
  }
  return details("How far the blocks lie apart", table.str());
}

}  // namespace

std::string summary_html(const Results& results) {
  HtmlTable table("Medians over the blocks. Models that share a letter can't be told apart here.",
                  {"Clients", "Model", "CPU us", "Rank", "to " + results.reference, "Switches",
                   "Calls", "Rate", "Rank", "p50", "p99", "User", "Kernel", "Limit"},
                  2);
  std::size_t connections = 0;
  for (const Row& row : results.rows) {
    std::string classes = row.connections != connections ? "first" : "";
    if (row.cpu_letters.find('a') != std::string::npos) classes += " best";
    connections = row.connections;
    table.add(
        {std::to_string(row.connections), row.contestant, microseconds_text(row.cpu_ns_per_request),
         dash_if_empty(row.cpu_letters), ratio_of(row), count_text(switches_per_request(row)),
         count_text(row.system_calls_per_request), rate_of(row), dash_if_empty(row.rate_letters),
         time_text(row.p50_ns), time_text(row.p99_ns), bytes_text(row.user_bytes_per_connection),
         bytes_text(row.kernel_bytes_per_connection), limit_text(row)},
        classes);
  }
  std::string text = "<section><h2>The figures</h2>" +
                     paragraph(
                         "Green rows are the cheapest at their load. Switches and calls are "
                         "the server's context switches and system calls for each request; "
                         "user and kernel memory is what each connection adds.",
                         "soft") +
                     table.str() + spread_html(results) + "<ul>";
  for (const std::string& explanation : results.explanations) {
    text += "<li>" + escaped(explanation) + "</li>";
  }
  return text + "</ul></section>";
}

std::string method_html(const Results& results) {
  const std::string words[] = {
      fmt::format(
          "Every run has a freshly started server on a port of its own and lasts {:.0f} ms "
          "after {:.0f} ms of warm-up or more, until it is steady. A block holds every model "
          "once at every load, in random order; models are compared within a block only, as "
          "neighbours in time.",
          results.window_ms, results.warm_up_ms),
      fmt::format("{} runs twice in every block, the second time as its own A/A twin. What the two "
                  "differ by is the noise floor: nothing closer than that is called different.",
                  results.reference),
      "Differences are Hodges-Lehmann estimates of log ratios over the blocks. A run counts as "
      "limited by the generator when that was runnable for nine tenths of the time or more; its "
      "rate is then a lower bound and is not ranked.",
      "CPU time, context switches and memory are the kernel's own counts for the server process; "
      "system calls are counted by a tracepoint in a second, short window, because counting slows "
      "them. What could not be read says n/a and why.",
      "Client and server talk over loopback on one machine. There the kernel bills part of the "
      "server's receive work to the client. The order of the models holds on a network card, the "
      "absolute figures don't transfer.",
      "This is a closed loop: each client waits for its answer before it asks again. It shows what "
      "a request costs and how models scale, and hides how queues grow when clients don't wait."};
  std::string text = "<section><h2>How this was measured</h2><ul>";
  for (const std::string& line : words) text += "<li>" + escaped(line) + "</li>";
  return text + "</ul></section>";
}

}  // namespace weir::lab
