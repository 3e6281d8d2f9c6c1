#include "cli/predict_text.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/wrap.hpp"
#include "lab/format.hpp"
#include "lab/json.hpp"

namespace weir::cli {
namespace {

using lab::Json;

std::string load_text(const prices::Workload& load) {
  const std::string how = load.rate_rps ? fmt::format("{} requests a second", *load.rate_rps)
                          : load.churn  ? "each asks over a new connection, as fast as it can"
                                        : "each asks again as soon as it is answered";
  return fmt::format("{} connections, {}; framed, 64 bytes", load.connections, how);
}

lab::Figure cpu_error(const prices::Prediction& prediction) {
  return prices::relative_error(prediction.cpu_ns_per_request, prediction.measured_cpu_ns);
}

std::string percent(const lab::Figure& error) {
  return error.known() ? fmt::format("{:+.0f} %", 100 * error.value_or(0)) : "n/a";
}

lab::Figure memory_of(const prices::Prediction& prediction) {
  return prediction.user_bytes_per_connection + prediction.kernel_bytes_per_connection;
}

lab::Figure measured_memory(const prices::Prediction& prediction) {
  return prediction.measured_user_bytes + prediction.measured_kernel_bytes;
}

lab::Figure error_at_prices(const prices::Prediction& prediction) {
  return prices::relative_error(prediction.cpu_ns_per_request,
                                prediction.measured_cpu_ns_at_prices);
}

std::string predicted_table(const Foretold& foretold) {
  std::string text = fmt::format("{:<10}{:>12}{:>12}\n{:<10}{:>12}{:>12}\n", "", "CPU", "memory/",
                                 "model", "/request", "connection");
  for (const prices::Prediction& each : foretold.predictions) {
    text +=
        fmt::format("{:<10}{:>12}{:>12}\n", each.model, prices::price_text(each.cpu_ns_per_request),
                    lab::bytes_text(memory_of(each)));
  }
  return text;
}

std::string measured_memory_table(const Foretold& foretold) {
  const auto& all = foretold.predictions;
  if (std::none_of(all.begin(), all.end(),
                   [](const auto& each) { return measured_memory(each).known(); })) {
    return "";
  }
  std::string text =
      fmt::format("\n{:<10}{:>12}{:>12}{:>8}\n", "", "memory/conn.", "measured", "off");
  for (const prices::Prediction& each : all) {
    text += fmt::format("{:<10}{:>12}{:>12}{:>8}\n", each.model, lab::bytes_text(memory_of(each)),
                        lab::bytes_text(measured_memory(each)),
                        percent(prices::relative_error(memory_of(each), measured_memory(each))));
  }
  return text;
}

std::string measured_table(const Foretold& foretold) {
  std::string text = fmt::format("{:<10}{:>12}{:>12}{:>8}{:>18}{:>8}\n", "", "CPU/request",
                                 "measured", "off", "at prices' speed", "off");
  for (const prices::Prediction& each : foretold.predictions) {
    text += fmt::format("{:<10}{:>12}{:>12}{:>8}{:>18}{:>8}\n", each.model,
                        prices::price_text(each.cpu_ns_per_request),
                        prices::price_text(each.measured_cpu_ns), percent(cpu_error(each)),
                        prices::price_text(each.measured_cpu_ns_at_prices),
                        percent(error_at_prices(each)));
  }
  return text + measured_memory_table(foretold);
}

/// What the machine did meanwhile.
std::string speed_text(const Foretold& foretold) {
  if (!foretold.measured) return "";
  std::string text;
  if (foretold.dearer.known()) {
    text = fmt::format(
        "Prices that were taken again between the runs were {} those of the list in the middle; "
        "what a run cost, divided by those before and after it, is what it would have been at the "
        "speed that the machine had when the list was made.",
        lab::ratio_text(foretold.dearer.value_or(1)));
  } else {
    text = fmt::format("The prices couldn't be taken again between the runs: {}.",
                       foretold.dearer.reason());
  }
  if (foretold.noise_floor > 0) {
    text += fmt::format(" Two runs of the same differed by up to {}.",
                        lab::ratio_text(foretold.noise_floor));
  }
  return text;
}

std::string terms_text(const prices::Prediction& prediction) {
  const lab::Figure& cpu = prediction.cpu_ns_per_request;
  if (!cpu.known()) return fmt::format("{}: n/a: {}", prediction.model, cpu.reason());
  std::vector<std::string> parts;
  for (const prices::Term& term : prediction.terms) {
    const std::string times = term.times == 1 ? "" : fmt::format("{:.3g} x ", term.times);
    parts.push_back(
        fmt::format("{}{} ({:.2f} us: {})", times, term.price, term.ns / 1000, term.why));
  }
  return fmt::format("{}: {}", prediction.model, fmt::join(parts, " + "));
}

/// For how many requests a second the cores are enough.
double capacity_rps(const Foretold& foretold, const prices::Prediction& prediction) {
  const double ns = prediction.cpu_ns_per_request.value_or(0);
  return ns > 0 ? 1e9 * static_cast<double>(foretold.cores.value_or(1)) / ns : 0;
}

std::string extrapolation(const Foretold& foretold) {
  if (!foretold.cores) return "";
  std::vector<std::string> parts;
  for (const prices::Prediction& each : foretold.predictions) {
    const double memory =
        memory_of(each).value_or(0) * static_cast<double>(foretold.load.connections);
    parts.push_back(fmt::format("{} {} with {}", each.model,
                                lab::rate_text(capacity_rps(foretold, each)),
                                lab::bytes_text(memory)));
  }
  return fmt::format(
      "This is extrapolated, not measured: a machine of {} cores whose prices are those of this "
      "one "
      "would answer at most, its memory for {} connections beside it: {}. It is assumed that work "
      "is spread evenly over as many workers as there are cores, that they don't hinder each other "
      "(no lock, no shared cache, no memory bandwidth), that clients are on another machine, and "
      "that a network card costs what loopback does.",
      *foretold.cores, foretold.load.connections, fmt::join(parts, ", "));
}

Json json_of(const Foretold& foretold, const prices::Prediction& prediction) {
  Json json;
  json.set("model", prediction.model);
  json.set("cpu_ns_per_request", prediction.cpu_ns_per_request);
  json.set("user_bytes_per_connection", prediction.user_bytes_per_connection);
  json.set("kernel_bytes_per_connection", prediction.kernel_bytes_per_connection);
  Json terms = Json::array();
  for (const prices::Term& term : prediction.terms) {
    Json entry;
    entry.set("price", term.price);
    entry.set("times", term.times);
    entry.set("ns", term.ns);
    entry.set("why", term.why);
    terms.push(entry);
  }
  json.set("terms", terms);
  if (foretold.cores) json.set("capacity_rps", capacity_rps(foretold, prediction));
  if (!foretold.measured) return json;
  json.set("measured_cpu_ns_per_request", prediction.measured_cpu_ns);
  json.set("measured_cpu_ns_at_prices", prediction.measured_cpu_ns_at_prices);
  json.set("measured_user_bytes_per_connection", prediction.measured_user_bytes);
  json.set("measured_kernel_bytes_per_connection", prediction.measured_kernel_bytes);
  json.set("relative_error", cpu_error(prediction));
  json.set("relative_error_at_prices", error_at_prices(prediction));
  return json;
}

}  // namespace

std::string text_of(const Foretold& foretold) {
  std::string text = wrapped("Predicted for " + load_text(foretold.load), "", 0) + "\n";
  text += foretold.measured ? measured_table(foretold) : predicted_table(foretold);
  text += "\n";
  for (const prices::Prediction& each : foretold.predictions)
    text += wrapped(terms_text(each), "", 2);
  const std::string more = extrapolation(foretold);
  if (!more.empty()) text += "\n" + wrapped(more, "", 0);
  if (foretold.measured &&
      foretold.prices.machine.cpus_sleep.empty() != foretold.measured_cpus_sleep.empty()) {
    text += "\n" + wrapped(
                       "Idle CPUs were awake while the one was measured and slept during the "
                       "other, so they tell little of each other.",
                       "", 0);
  }
  if (const std::string speed = speed_text(foretold); !speed.empty()) {
    text += "\n" + wrapped(speed, "", 0);
  }
  return text;
}

std::string to_json(const Foretold& foretold) {
  Json json;
  json.set("schema", "weir.predict/1");
  json.set("command", foretold.command);
  json.set("prices_started", foretold.prices.started);
  json.set("prices_machine", foretold.prices.machine.processor);
  json.set("prices_cpus_sleep", foretold.prices.machine.cpus_sleep);
  if (foretold.measured) json.set("measured_cpus_sleep", foretold.measured_cpus_sleep);
  json.set("connections", static_cast<double>(foretold.load.connections));
  json.set("rate_rps", foretold.load.rate_rps ? lab::Figure(*foretold.load.rate_rps)
                                              : lab::Figure::missing("full load"));
  json.set("churn", foretold.load.churn);
  if (foretold.cores) json.set("cores", static_cast<double>(*foretold.cores));
  if (foretold.measured) {
    json.set("noise_floor", foretold.noise_floor);
    json.set("dearer", foretold.dearer);
  }
  Json predictions = Json::array();
  for (const prices::Prediction& each : foretold.predictions) {
    predictions.push(json_of(foretold, each));
  }
  json.set("predictions", predictions);
  return json.dump(2) + "\n";
}

}  // namespace weir::cli
