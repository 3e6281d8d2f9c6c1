#include "cli/load.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <signal.h>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/failure.hpp"
#include "cli/load_report.hpp"
#include "cli/load_requests.hpp"
#include "cli/output.hpp"
#include "cli/target.hpp"
#include "cli/trace_file.hpp"
#include "cli/units.hpp"
#include "lab/awake.hpp"
#include "lab/server_meter.hpp"
#include "load/hdr_log.hpp"

namespace weir::cli {
namespace {

constexpr Duration steady_by = std::chrono::seconds(1);
constexpr Duration counting_window = std::chrono::milliseconds(150);

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

void check(const LoadOptions& options) {
  if (options.arrivals && !options.rate) {
    throw Failure(wrong_usage, "--arrivals are those of an open loop; say its --rate as well");
  }
  if (options.rate && options.rate->changes() && options.requests) {
    throw Failure(wrong_usage,
                  "a rate that changes takes the whole --duration; leave --requests out");
  }
  if (options.page > 1 && options.think.mean == Duration(0)) {
    throw Failure(wrong_usage, "a client thinks before each --page; say how long with --think");
  }
  const bool json_is_output = options.json == "-";
  const int outputs =
      (json_is_output ? 1 : 0) + (options.hgrm == "-" ? 1 : 0) + (options.hdr_log == "-" ? 1 : 0);
  if (outputs > 1) throw Failure(wrong_usage, "only one result can go to stdout; name a file");
  if (options.server_pid && ::kill(*options.server_pid, 0) != 0 && errno == ESRCH) {
    throw Failure(wrong_usage,
                  fmt::format("there is no process {} (--server-pid)", *options.server_pid));
  }
}

std::vector<Threshold> thresholds_of(const LoadOptions& options) {
  std::vector<Threshold> thresholds;
  try {
    for (const std::string& word : options.thresholds) thresholds.push_back(parse_threshold(word));
  } catch (const std::invalid_argument& error) {
    throw Failure(wrong_usage, fmt::format("--threshold: {}", error.what()));
  }
  return thresholds;
}

/// The requests of an access log, when they were due, in an open loop.
void add_trace(load::Plan& plan, const Service& service, const LoadOptions& options) {
  if (!service.exchanges.ask) {
    throw Failure(
        wrong_usage,
        fmt::format("the requests of '{}' can't be chosen; leave --trace out", service.name));
  }
  const Traced traced = options.trace_sizes ? Traced::sizes : Traced::paths;
  TraceFile file = read_trace(options.trace, options.trace_speed, traced, service.exchanges);
  const std::vector<load::Trace::Entry>& entries = file.trace.entries;
  const Duration length = std::max(entries.back().due, Duration(1'000'000));
  const double rate =
      static_cast<double>(entries.size()) * 1e9 / static_cast<double>(length.count());
  plan.open = load::OpenLoop{{.from_rps = rate, .to_rps = rate}, {load::Arrivals::Kind::trace, 1}};
  plan.requests = entries.size();
  if (!options.quiet) {
    fmt::print(
        stderr, "trace: {} requests in {}{}\n", entries.size(), text_of(length),
        file.left_out == 0
            ? std::string()
            : fmt::format("; {} lines left out, answered with an error or no GET", file.left_out));
  }
  plan.trace = std::move(file.trace);
}

load::Plan plan_of(const Target& target, const LoadOptions& options) {
  load::Plan plan{.target = target.address, .exchanges = {}};
  choose_requests(plan, target, options.asked);
  plan.connections = options.connections;
  plan.pipeline = options.pipeline;
  plan.request_bytes = request_bytes_of(*target.service, plan.exchanges, options);
  const bool counted = options.requests || !options.trace.empty();
  plan.warm_up = counted ? Duration(0) : options.warm_up;
  const bool changes = options.rate && options.rate->changes();
  if (options.until_steady && !counted && !changes) plan.warm_up_max = steady_by;
  const bool unbounded = counted && !options.duration_said;
  plan.window = unbounded ? Duration::max() : options.duration;
  plan.requests = options.requests;
  plan.think = options.think;
  plan.think.page = options.page;
  plan.kind = options.kind;
  plan.personas = options.personas;
  plan.seed = options.seed;
  if (options.rate) {
    plan.open = load::OpenLoop{*options.rate, options.arrivals.value_or(load::Arrivals{})};
    plan.open->rate.begin = plan.warm_up;
    plan.open->rate.end = after(Time{} + plan.warm_up, plan.window).time_since_epoch();
  }
  if (!options.trace.empty()) add_trace(plan, *target.service, options);
  return plan;
}

void watch(load::Plan& plan, lab::ServerMeter& meter) {
  plan.counting = counting_window;
  plan.before = [&meter] { meter.before_connections(); };
  plan.when_connected = [&meter, others = plan.personas.count()](std::uint32_t connected) {
    meter.connected(connected + others);
  };
  plan.window_begin = [&meter] { meter.window_begin(); };
  plan.window_end = [&meter] { meter.window_end(); };
  plan.counting_begin = [&meter] { meter.count_begin(); };
  plan.counting_end = [&meter] { meter.count_end(); };
}

/// Tells each half second how it goes: on a terminal in one line.
class Progress {
 public:
  Progress(bool wanted, bool open) : wanted_(wanted), open_(open) {}
  ~Progress() {
    if (wanted_ && rewrite_) fmt::print(stderr, "\r\x1b[K");
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void tell(const load::Slice& slice) const {
    constexpr Duration shortest =
        std::chrono::milliseconds(250);  // the rest of a window says little
    const Duration time = slice.end - slice.begin;
    if (!wanted_ || time < shortest) return;
    const load::Histogram& latency = open_ ? slice.response : slice.service;
    const auto quantile = [&latency](double q) {
      const auto value_ns = latency.quantile_ns(q);
      return value_ns ? text_of(Duration(*value_ns)) : std::string("n/a");
    };
    fmt::print(stderr, "{}{:6.1f} s  {:.0f}/s, p50 {}, p90 {}, p99 {}{}",
               rewrite_ ? "\r\x1b[K" : "", static_cast<double>(slice.end.count()) / 1e9,
               static_cast<double>(slice.answers) * 1e9 / static_cast<double>(time.count()),
               quantile(0.5), quantile(0.9), quantile(0.99), rewrite_ ? "" : "\n");
  }

 private:
  const bool wanted_;
  const bool open_;
  const bool rewrite_ = progress_wanted();
};

void write_files(const LoadReport& report, const load::HdrLog& log) {
  const LoadOptions& options = report.options;
  if (!options.json.empty()) write_output(options.json, json_of(report));
  if (!options.hgrm.empty()) {
    const load::LoadResult& result = report.result;
    write_output(options.hgrm,
                 load::percentiles_text(report.plan.open ? result.response : result.service));
  }
  if (!options.hdr_log.empty()) write_output(options.hdr_log, log.text());
}

/// Throws Failure about what was not kept.
void hold_to(const std::vector<Judged>& judged) {
  std::vector<std::string> broken;
  for (const Judged& each : judged) {
    if (each.value && !each.met)
      broken.push_back(fmt::format("{} (it was {})", each.text, each.value_text));
  }
  if (!broken.empty())
    throw Failure(threshold, fmt::format("not kept: {}", fmt::join(broken, ", ")));
  for (const Judged& each : judged) {
    if (each.value) continue;
    throw Failure(untrustworthy,
                  fmt::format("{}: {} to tell; measure for longer", each.text, each.value_text));
  }
}

/// The exit code; throws Failure where there is more to say.
int verdict(const Target& target, const LoadReport& report) {
  const load::LoadResult& result = report.result;
  if (result.interrupted) return interrupted;
  if (result.connect_errors >= result.connections && result.requests == 0) {
    throw Failure(unreachable, fmt::format("can't connect to {} ({}); is the server running?",
                                           target.address.text(), result.first_error));
  }
  if (result.protocol_errors > 0) {
    throw Failure(unreachable,
                  fmt::format("{} wrong answers of {}; the first: {}", result.protocol_errors,
                              target.address.text(), result.first_error));
  }
  const std::string doubt = mistrust(report.plan, result);
  if (!doubt.empty()) throw Failure(untrustworthy, doubt);
  hold_to(report.judged);
  return done;
}

double seconds_since_1970() {
  const auto time = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(time).count();
}

}  // namespace

int load(const std::vector<Service>& services, const LoadOptions& options) {
  const Target target = parse_target(options.target, services);
  need_exchanges(*target.service);
  need_answers(*target.service, options);
  load::Plan plan = plan_of(target, options);
  check(options);
  const std::vector<Threshold> thresholds = thresholds_of(options);
  const lab::Awake awake(options.keep_awake ? lab::IdleCpus::kept_awake : lab::IdleCpus::may_sleep);
  if (options.keep_awake && !awake.why_not().empty()) {
    throw Failure(failed, fmt::format("--keep-cpus-awake: {}; leave it out, or be root where the "
                                      "kernel can do it",
                                      awake.why_not()));
  }
  ::signal(SIGPIPE, SIG_IGN);
  Stop stop;
  stop.on_signals();

  std::optional<lab::ServerMeter> meter;
  if (options.server_pid) watch(plan, meter.emplace(*options.server_pid));
  const bool open = plan.open.has_value();
  std::optional<load::HdrLog> log;
  std::optional<Progress> progress;
  const bool to_stdout = options.json == "-" || options.hgrm == "-" || options.hdr_log == "-";
  progress.emplace(!options.quiet && !to_stdout, open);
  plan.window_begin = [&log, open, begin = plan.window_begin] {
    begin();
    log.emplace(seconds_since_1970(), open);
  };
  plan.slice_end = [&](const load::Slice& slice) {
    log->add(slice);
    progress->tell(slice);
  };
  const load::LoadResult result = load::run(plan, stop);
  progress.reset();

  const std::vector<Judged> judged = judge(thresholds, plan, result);
  LoadReport report{options, plan, result, judged, {}};
  if (meter) {
    report.server = meter->figures(static_cast<double>(result.requests),
                                   static_cast<double>(result.counted_requests),
                                   static_cast<double>(result.window.count()));
  }
  write_files(report, log ? *log : load::HdrLog(seconds_since_1970(), open));
  const bool nobody_there = result.connect_errors >= result.connections && result.requests == 0;
  if (!to_stdout && !nobody_there) fmt::print("{}", text_of(report));
  return verdict(target, report);
}

}  // namespace weir::cli
