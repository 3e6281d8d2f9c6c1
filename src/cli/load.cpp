#include "cli/load.hpp"

#include <cerrno>
#include <cstdio>
#include <signal.h>
#include <stdexcept>

#include <fmt/format.h>

#include "cli/failure.hpp"
#include "cli/output.hpp"
#include "cli/target.hpp"
#include "cli/units.hpp"
#include "lab/json.hpp"
#include "lab/server_meter.hpp"
#include "load/closed_loop.hpp"

namespace weir::cli {
namespace {

constexpr Duration counting_window = std::chrono::milliseconds(150);

double ns(Duration duration) {
  return static_cast<double>(duration.count());
}

double share_of(Duration part, Duration whole) {
  return whole.count() > 0 ? ns(part) / ns(whole) : 0;
}

lab::Json latency_json(const load::Histogram& histogram) {
  lab::Json json = lab::Json::object();
  json.set("count", static_cast<double>(histogram.count()));
  json.set("mean_ns", histogram.mean_ns());
  struct Quantile {
    const char* name;
    double q;
  };
  for (const Quantile& each :
       {Quantile{"p50_ns", 0.5}, {"p90_ns", 0.9}, {"p99_ns", 0.99}, {"p999_ns", 0.999}}) {
    if (const auto value = histogram.quantile_ns(each.q)) {
      json.set(each.name, static_cast<double>(*value));
    }
  }
  json.set("max_ns", static_cast<double>(histogram.max_ns()));
  return json;
}

/// What is printed with --json; docs/LOAD.md describes it.
lab::Json to_json(const LoadOptions& options, std::size_t request_bytes,
                  const load::LoadResult& result, const std::optional<lab::ServerFigures>& server) {
  using lab::Json;
  const double requests = static_cast<double>(result.requests);
  Json json = Json::object();
  json.set("schema", "weir.load/1");
  json.set("target", options.target);
  json.set("connections", static_cast<double>(result.connections));
  json.set("connected", static_cast<double>(result.connected));
  json.set("served", static_cast<double>(result.served));
  json.set("window_ns", ns(result.window));
  json.set("request_bytes", static_cast<double>(request_bytes));
  json.set("requests", requests);
  json.set("throughput_rps", result.window.count() > 0 ? requests * 1e9 / ns(result.window) : 0.);
  Json errors = Json::object();
  errors.set("connect", static_cast<double>(result.connect_errors));
  errors.set("protocol", static_cast<double>(result.protocol_errors));
  errors.set("io", static_cast<double>(result.io_errors));
  json.set("errors", std::move(errors));
  Json latency = Json::object();
  latency.set("service", latency_json(result.service));
  json.set("latency", std::move(latency));
  Json generator = Json::object();
  generator.set("cpu_ns", ns(result.generator_cpu));
  if (requests > 0) generator.set("cpu_ns_per_request", ns(result.generator_cpu) / requests);
  generator.set("run_queue_wait_ns", ns(result.generator_queued));
  generator.set("utilisation", share_of(result.generator_cpu, result.window));
  json.set("generator", std::move(generator));
  Json fairness = Json::object();
  fairness.set("unserved", static_cast<double>(result.connections - result.served));
  fairness.set("jain", result.jain);
  json.set("fairness", std::move(fairness));
  if (server) json.set("server", Json::parse(lab::to_json(*server)));
  json.set("interrupted", result.interrupted);
  return json;
}

std::string time_text(std::optional<std::int64_t> value_ns) {
  return value_ns ? text_of(Duration(*value_ns)) : "n/a (too few samples)";
}

std::string to_text(const LoadOptions& options, std::size_t request_bytes,
                    const load::LoadResult& result,
                    const std::optional<lab::ServerFigures>& server) {
  const double seconds = ns(result.window) / 1e9;
  std::string text =
      fmt::format("{}, {} connections, {} requests of {} bytes in {:.2f} s\n", options.target,
                  result.connections, result.requests, request_bytes, seconds);
  text += fmt::format("  rate      {:.0f}/s\n",
                      seconds > 0 ? static_cast<double>(result.requests) / seconds : 0);
  text += fmt::format(
      "  latency   p50 {}, p90 {}, p99 {}, max {}\n", time_text(result.service.quantile_ns(0.5)),
      time_text(result.service.quantile_ns(0.9)), time_text(result.service.quantile_ns(0.99)),
      text_of(Duration(result.service.max_ns())));
  text += fmt::format("  generator {:.0f} % of a processor used, {:.0f} % waited for",
                      100 * share_of(result.generator_cpu, result.window),
                      100 * share_of(result.generator_queued, result.window));
  if (share_of(result.generator_cpu + result.generator_queued, result.window) >= 0.9) {
    text += ": it was the limit, the server may be able to do more";
  }
  text += '\n';
  if (server) {
    text += fmt::format("  server    {:.2f} us of CPU a request\n",
                        server->cpu_ns_per_request.value_or(0) / 1e3);
  }
  if (result.served < result.connections) {
    text += fmt::format("  {} of {} connections were never served\n",
                        result.connections - result.served, result.connections);
  }
  const std::uint64_t errors = result.connect_errors + result.protocol_errors + result.io_errors;
  if (errors > 0) {
    text += fmt::format(
        "  {} errors: {} connecting, {} wrong answers, {} broken off; the first: {}\n", errors,
        result.connect_errors, result.protocol_errors, result.io_errors, result.first_error);
  }
  return text;
}

std::size_t request_bytes_of(const Service& service, const Exchanges& exchanges,
                             const LoadOptions& options) {
  constexpr std::size_t usual = 64;
  const std::size_t own = exchanges.request_bytes;
  if (own != 0 && options.request_bytes && *options.request_bytes != own) {
    throw Failure(wrong_usage, fmt::format("the requests of '{}' have {} bytes; leave "
                                           "--request-bytes out",
                                           service.name, own));
  }
  return own != 0 ? own : options.request_bytes.value_or(usual);
}

/// The service's, or those of the request that the user wrote.
Exchanges exchanges_of(const Service& service, const LoadOptions& options) {
  Exchanges exchanges = service.exchanges;
  if (options.request.empty()) return exchanges;
  if (!exchanges.ask) {
    throw Failure(wrong_usage, fmt::format("the requests of '{}' can't be chosen; leave --request "
                                           "out",
                                           service.name));
  }
  try {
    const auto exchange = exchanges.ask(options.request);
    exchanges.make = [exchange](std::size_t) { return exchange; };
    exchanges.request_bytes = options.request.size() + 1;
  } catch (const std::invalid_argument& error) {
    throw Failure(wrong_usage, fmt::format("{} (--request)", error.what()));
  }
  return exchanges;
}

}  // namespace

void need_exchanges(const Service& service) {
  if (service.exchanges.make) return;
  if (!service.transcript.empty()) {
    throw Failure(
        wrong_usage,
        fmt::format("nothing in the transcript of '{}' can be sent again and again on one "
                    "connection; let a send and an expect come before its end",
                    service.name));
  }
  throw Failure(wrong_usage,
                fmt::format("service '{}' has no client side to make a load with; give "
                            "it a transcript, or exchanges",
                            service.name));
}

int load(const std::vector<Service>& services, const LoadOptions& options) {
  const Target target = parse_target(options.target, services);
  need_exchanges(*target.service);
  const Exchanges exchanges = exchanges_of(*target.service, options);
  const std::size_t request_bytes = request_bytes_of(*target.service, exchanges, options);
  if (options.server_pid && ::kill(*options.server_pid, 0) != 0 && errno == ESRCH) {
    throw Failure(wrong_usage,
                  fmt::format("there is no process {} (--server-pid)", *options.server_pid));
  }
  ::signal(SIGPIPE, SIG_IGN);
  Stop stop;
  stop.on_signals();

  load::ClosedLoop loop{.target = target.address, .exchanges = exchanges};
  loop.connections = options.connections;
  loop.request_bytes = request_bytes;
  loop.warm_up = options.warm_up;
  loop.window = options.duration;
  std::optional<lab::ServerMeter> meter;
  if (options.server_pid) {
    meter.emplace(*options.server_pid);
    loop.counting = counting_window;
    loop.before = [&meter] { meter->before_connections(); };
    loop.when_connected = [&meter](std::uint32_t connected) { meter->connected(connected); };
    loop.window_begin = [&meter] { meter->window_begin(); };
    loop.window_end = [&meter] { meter->window_end(); };
    loop.counting_begin = [&meter] { meter->count_begin(); };
    loop.counting_end = [&meter] { meter->count_end(); };
  }
  const load::LoadResult result = load::run(loop, stop);
  std::optional<lab::ServerFigures> server;
  if (meter) {
    server = meter->figures(static_cast<double>(result.requests),
                            static_cast<double>(result.counted_requests), ns(result.window));
  }
  if (!options.json.empty())
    write_output(options.json, to_json(options, request_bytes, result, server).dump(2) + "\n");
  const bool nobody_there = result.connect_errors == result.connections;
  if (options.json != "-" && !nobody_there)
    fmt::print("{}", to_text(options, request_bytes, result, server));

  if (result.interrupted) return interrupted;
  if (nobody_there) {
    throw Failure(unreachable, fmt::format("can't connect to {} ({}); is the server running?",
                                           target.address.text(), result.first_error));
  }
  if (result.protocol_errors > 0) {
    throw Failure(unreachable,
                  fmt::format("{} wrong answers of {}; the first: {}", result.protocol_errors,
                              target.address.text(), result.first_error));
  }
  return done;
}

}  // namespace weir::cli
