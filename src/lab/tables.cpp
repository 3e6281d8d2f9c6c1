#include "lab/tables.hpp"

#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "lab/format.hpp"
#include "lab/machine.hpp"
#include "lab/summary.hpp"

namespace weir::lab {
namespace {

using Words = std::vector<std::string>;

/// What could end a cell stands for itself.
std::string markdown_cell(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '|' || c == '\\') safe += '\\';
    safe += c == '\n' ? ' ' : c;
  }
  return safe;
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string markdown_line(const Words& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) line += " " + markdown_cell(cell) + " |";
  return line + '\n';
}

std::string csv_line(const Words& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) line += (i == 0 ? "" : ",") + csv_cell(cells[i]);
  return line + '\n';
}

/// `sides` has a letter for each column: l, or r for figures.
std::string markdown_head(const Words& heads, std::string_view sides) {
  std::string line = "|";
  for (const char side : sides) line += side == 'r' ? " ---: |" : " --- |";
  return markdown_line(heads) + line + '\n';
}

std::string value(const Figure& figure) {
  return figure.known() ? fmt::format("{}", figure.value_or(0)) : "n/a: " + figure.reason();
}

std::string value(bool yes) {
  return yes ? "true" : "false";
}

std::string rank(const std::string& letters) {
  return letters.empty() ? "-" : letters;
}

std::string spread(const Estimate& estimate) {
  if (estimate.blocks == 0) return "";
  return fmt::format("{} ({} to {})", ratio_text(std::exp(estimate.log_ratio)),
                     ratio_text(std::exp(estimate.interval.low)),
                     ratio_text(std::exp(estimate.interval.high)));
}

std::string sweep_markdown(const Results& results) {
  std::string text =
      fmt::format("`{}` on {} ({} CPUs, {}), {} blocks of {:.0f} ms runs, seed {}.",
                  results.protocol, results.machine.processor, results.machine.cpus,
                  results.machine.kernel, results.blocks, results.window_ms, results.seed);
  if (results.cpu_noise_floor > 0) {
    text += fmt::format(" Costs closer than {} can't be told apart here.",
                        ratio_text(results.cpu_noise_floor));
  }
  text += "\n\n" + markdown_head({"connections", "model", "server CPU, us/request", "rank",
                                  "to " + results.reference, "switches/request", "calls/request",
                                  "rate", "p50", "p99", "user memory/connection",
                                  "kernel memory/connection", "limit"},
                                 "rlrlrrrrrrrrl");
  for (const Row& row : results.rows) {
    text += markdown_line(
        {std::to_string(row.connections), row.contestant, microseconds_text(row.cpu_ns_per_request),
         rank(row.cpu_letters), spread(row.cpu_to_reference), count_text(switches_per_request(row)),
         count_text(row.system_calls_per_request),
         (row.rate_is_lower_bound ? ">= " : "") + rate_text(row.throughput_rps),
         time_text(row.p50_ns), time_text(row.p99_ns), bytes_text(row.user_bytes_per_connection),
         bytes_text(row.kernel_bytes_per_connection), limit_text(row)});
  }
  return text + '\n' + results.answer + '\n';
}

Words sweep_values(const Row& row) {
  const Estimate& estimate = row.cpu_to_reference;
  const auto ratio = [&estimate](double log_ratio) {
    return estimate.blocks == 0 ? Figure::missing("nothing to compare with")
                                : Figure(std::exp(log_ratio));
  };
  return {row.contestant,
          std::to_string(row.connections),
          std::to_string(row.blocks),
          name(row.verdict),
          value(row.cpu_ns_per_request),
          value(row.cpu_low_ns),
          value(row.cpu_high_ns),
          row.cpu_letters,
          value(ratio(estimate.log_ratio)),
          value(ratio(estimate.interval.low)),
          value(ratio(estimate.interval.high)),
          value(row.voluntary_switches_per_request),
          value(row.involuntary_switches_per_request),
          value(row.system_calls_per_request),
          value(row.throughput_rps),
          value(row.rate_is_lower_bound),
          row.rate_letters,
          value(row.p50_ns),
          value(row.p99_ns),
          value(row.user_bytes_per_connection),
          value(row.kernel_bytes_per_connection),
          value(row.unserved)};
}

std::string sweep_csv(const Results& results) {
  std::string text = csv_line({"contestant",
                               "connections",
                               "blocks",
                               "verdict",
                               "cpu_ns_per_request",
                               "cpu_low_ns",
                               "cpu_high_ns",
                               "cpu_letters",
                               "cpu_to_reference",
                               "cpu_to_reference_low",
                               "cpu_to_reference_high",
                               "voluntary_switches_per_request",
                               "involuntary_switches_per_request",
                               "system_calls_per_request",
                               "throughput_rps",
                               "throughput_is_lower_bound",
                               "rate_letters",
                               "p50_ns",
                               "p99_ns",
                               "user_bytes_per_connection",
                               "kernel_bytes_per_connection",
                               "unserved"});
  for (const Row& row : results.rows) text += csv_line(sweep_values(row));
  return text;
}

std::string trial_markdown(const Trial& trial) {
  std::string text = fmt::format("### {}: {}\n\n", trial.scenario.name, trial.scenario.question);
  if (!trial.scenario.about.empty()) text += trial.scenario.about + "\n\n";
  text += markdown_head({"contestant", std::string(title(trial.judge)), "rank", "to best",
                         "lowest block", "highest block", "note"},
                        "lrlrrrl");
  for (const Finding& finding : trial.findings) {
    text += markdown_line({finding.contestant, value_text(trial, finding), rank(finding.letters),
                           finding.to_best > 0 ? ratio_text(finding.to_best) : "",
                           text_of(finding.low, trial.judge), text_of(finding.high, trial.judge),
                           finding.note});
  }
  return text + '\n' + trial.answer + '\n';
}

std::string trials_csv(const std::vector<Trial>& trials) {
  std::string text = csv_line({"scenario", "contestant", "judge", "value", "low", "high", "at_most",
                               "at_least", "to_best", "letters", "noise_floor", "note"});
  for (const Trial& trial : trials) {
    const Figure floor =
        trial.noise_floor > 0 ? Figure(trial.noise_floor) : Figure::missing("none is known");
    const bool rate = higher_is_better(trial.judge);
    for (const Finding& finding : trial.findings) {
      const Figure to_best =
          finding.to_best > 0 ? Figure(finding.to_best) : Figure::missing("not ranked by ratio");
      text += csv_line({trial.scenario.name, finding.contestant, std::string(name(trial.judge)),
                        value(finding.value), value(finding.low), value(finding.high),
                        value(finding.bound && !rate), value(finding.bound && rate), value(to_best),
                        finding.letters, value(floor), finding.note});
    }
  }
  return text;
}

}  // namespace

std::string tables(const Results& results, TableFormat format) {
  return format == TableFormat::csv ? sweep_csv(results) : sweep_markdown(results);
}

std::string tables(const std::vector<Trial>& trials, TableFormat format) {
  if (format == TableFormat::csv) return trials_csv(trials);
  std::string text;
  for (const Trial& trial : trials) text += (text.empty() ? "" : "\n") + trial_markdown(trial);
  if (trials.size() > 1) text += '\n' + recommendation(trials, Colour::none);
  return text;
}

}  // namespace weir::lab
