#include "cli/client.hpp"

#include <cstdio>
#include <signal.h>

#include <fmt/format.h>
#include <weir/error.hpp>

#include "cli/export.hpp"
#include "cli/failure.hpp"
#include "cli/lanes.hpp"
#include "cli/output.hpp"
#include "core/work.hpp"
#include "lab/json.hpp"
#include "models/models.hpp"

namespace weir::cli {
namespace {

struct Run {
  const Service& service;
  const ClientOptions& options;
  std::vector<Lane> lanes = {};
  Time begin = Clock::now();
  int failures = 0;
  std::string first_failure = {};

  double elapsed_ms() const { return static_cast<double>((Clock::now() - begin).count()) / 1e6; }
  void fail(std::size_t index, const std::string& why) {
    if (++failures == 1) first_failure = why;
    log(index, "failed: " + why, "");
  }
  void log(std::size_t index, std::string_view what, std::string_view bytes) {
    lanes[index].events.push_back({elapsed_ms(), std::string(what), std::string(bytes)});
    if (options.quiet || options.json == "-" || options.svg == "-") return;
    const std::string quoted = bytes.empty() ? "" : fmt::format(" '{}'", printable(bytes));
    fmt::print("{:9.3f} {} {}{}\n", elapsed_ms() / 1e3, lanes[index].name, what, quoted);
    std::fflush(stdout);
  }
};

Task<> one_client(Io& io, Run& run, std::size_t index) {
  Connected connected = co_await io.connect(run.options.address);
  if (!connected) {
    run.fail(index,
             fmt::format("can't connect ({}); is the server running?", connected.error.message()));
    co_return;
  }
  Script script;
  script.pace = run.options.pace;
  script.log = [&run, index](std::string_view what, std::string_view bytes) {
    run.log(index, what, bytes);
  };
  std::string failure;
  try {
    co_await run.service.client(*connected.stream, script);
  } catch (const StreamError& error) {
    failure = error.what();
  } catch (const ProtocolError& error) {
    failure = error.what();
  }
  if (!failure.empty()) run.fail(index, failure);
}

std::string to_json(const Run& run, double elapsed_ms) {
  using lab::Json;
  Json clients = Json::array();
  for (const Lane& lane : run.lanes) {
    Json events = Json::array();
    for (const LaneEvent& event : lane.events) {
      Json json = Json::object();
      json.set("at_ms", event.at_ms);
      json.set("what", event.what.substr(0, event.what.find_first_of(".:")));
      json.set("text", printable(event.text));
      events.push(std::move(json));
    }
    Json json = Json::object();
    json.set("name", lane.name);
    json.set("events", std::move(events));
    clients.push(std::move(json));
  }
  Json json = Json::object();
  json.set("schema", "weir.client/1");
  json.set("clients", std::move(clients));
  json.set("elapsed_ms", elapsed_ms);
  json.set("failures", static_cast<double>(run.failures));
  return json.dump(2) + "\n";
}

}  // namespace

int client(const Service& service, const ClientOptions& options) {
  if (!service.client) {
    throw Failure(wrong_usage,
                  fmt::format("service '{}' has no simulated client; give it a transcript, "
                              "or a client",
                              service.name));
  }
  check_outputs({options.json, options.svg});
  Run run{service, options};
  for (std::uint32_t i = 0; i < options.clients; ++i) {
    run.lanes.push_back({fmt::format("conn{}", i), {}});
  }
  ::signal(SIGPIPE, SIG_IGN);
  Stop stop;
  stop.on_signals();
  Limits limits;
  limits.drain_timeout = Duration(1);  // Ctrl-C ends the clients at once
  Work work(stop, limits);
  for (std::size_t i = 0; i < options.clients; ++i) {
    work.begin_with.push_back([&run, i](Io& io) { return one_client(io, run, i); });
  }
  make_epoll(Trigger::edge)->serve(work);

  const double elapsed_ms = run.elapsed_ms();
  if (!options.json.empty()) write_output(options.json, to_json(run, elapsed_ms));
  if (!options.svg.empty()) {
    write_output(options.svg, lanes_svg(run.lanes, elapsed_ms,
                                        fmt::format("{}: who waits for whom", service.name)));
  }
  if (options.json != "-" && options.svg != "-") {
    if (options.lanes) fmt::print("{}", draw_lanes(run.lanes, elapsed_ms));
    fmt::print("Elapsed: {:.3f} s\n", elapsed_ms / 1e3);
  }
  if (stop.requested()) return interrupted;
  if (run.failures == 0) return done;
  throw Failure(unreachable,
                fmt::format("{} of {} clients failed at {}; the first: {}", run.failures,
                            options.clients, options.address.text(), run.first_failure));
}

}  // namespace weir::cli
