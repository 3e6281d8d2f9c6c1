#include "cli/load_report.hpp"

#include <fmt/format.h>

#include "cli/load_words.hpp"
#include "cli/units.hpp"
#include "lab/json.hpp"

namespace weir::cli {
namespace {

using lab::Json;

double ns(Duration duration) {
  return static_cast<double>(duration.count());
}

double share_of(Duration part, Duration whole) {
  return whole.count() > 0 ? ns(part) / ns(whole) : 0;
}

double per_second(std::uint64_t count, Duration time) {
  return time.count() > 0 ? static_cast<double>(count) * 1e9 / ns(time) : 0;
}

const char* verdict_of(load::Limit limit) {
  switch (limit) {
    case load::Limit::no_answers:
      return "no-answers";
    case load::Limit::server:
      return "ok";
    case load::Limit::connections:
      return "connections-bound";
    case load::Limit::generator:
      return "generator-bound";
  }
  return "";
}

/// A server that leaves many unanswered at the end has no calm time: it only fell behind late.
bool fell_behind(const load::LoadResult& result) {
  constexpr std::uint64_t one_in = 20;
  return result.censored * one_in > result.due;
}

Json calm_json(const load::LoadResult& result, const load::CalmTail& calm) {
  if (fell_behind(result)) return "n/a: more than a twentieth was unanswered at the end";
  const auto p99_ns = calm.p99_ns();
  return p99_ns ? Json(static_cast<double>(*p99_ns)) : Json();
}

Json latency_json(const load::LoadResult& result, const load::Histogram& histogram,
                  const load::CalmTail* calm = nullptr) {
  Json json = Json::object();
  json.set("count", static_cast<double>(histogram.count()));
  if (histogram.count() == 0) return json;
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
  if (calm == nullptr) return json;
  if (Json p99 = calm_json(result, *calm); !p99.is_null()) json.set("p99_calm_ns", std::move(p99));
  return json;
}

Json open_loop_json(const load::OpenLoop& open, const load::LoadResult& result) {
  Json json = Json::object();
  json.set("rate_rps", open.rate.from_rps);
  if (open.rate.changes()) json.set("rate_end_rps", open.rate.to_rps);
  json.set("arrivals", text_of(open.arrivals));
  json.set("due", static_cast<double>(result.due));
  json.set("sent", static_cast<double>(result.sent));
  json.set("queued", static_cast<double>(result.queued));
  json.set("censored", static_cast<double>(result.censored));
  json.set("offered_rps", per_second(result.due, result.window));
  return json;
}

Json personas_json(const load::Personas& personas) {
  Json json = Json::object();
  json.set("slow_senders", static_cast<double>(personas.slow_senders));
  json.set("slow_readers", static_cast<double>(personas.slow_readers));
  json.set("idle", static_cast<double>(personas.idle));
  json.set("aborters", static_cast<double>(personas.aborters));
  json.set("pipeliners", static_cast<double>(personas.pipeliners));
  return json;
}

Json errors_json(const load::LoadResult& result) {
  Json json = Json::object();
  json.set("connect", static_cast<double>(result.connect_errors));
  json.set("protocol", static_cast<double>(result.protocol_errors));
  json.set("io", static_cast<double>(result.io_errors));
  return json;
}

Json generator_json(const load::LoadResult& result) {
  Json json = Json::object();
  const Duration worked = result.generator_cpu - result.generator_spun;
  json.set("cpu_ns", ns(worked));
  if (result.requests > 0) {
    json.set("cpu_ns_per_request", ns(worked) / static_cast<double>(result.requests));
  }
  json.set("run_queue_wait_ns", ns(result.generator_queued));
  if (result.requests > 0) json.set("utilisation", share_of(worked, result.window));
  if (result.generator_spun > Duration(0)) json.set("spun_ns", ns(result.generator_spun));
  return json;
}

Json thresholds_json(const std::vector<Judged>& all) {
  Json json = Json::array();
  for (const Judged& judged : all) {
    Json each = Json::object();
    each.set("threshold", judged.text);
    each.set("value", judged.value ? Json(*judged.value) : Json("n/a: too few samples"));
    each.set("met", judged.met);
    json.push(std::move(each));
  }
  return json;
}

std::string time_text(std::optional<std::int64_t> value_ns) {
  return value_ns ? text_of(Duration(*value_ns)) : "n/a (too few samples)";
}

std::string latency_text(const char* name, const load::Histogram& histogram) {
  if (histogram.count() == 0) return fmt::format("  {:<9} n/a (no samples)\n", name);
  return fmt::format("  {:<9} p50 {}, p90 {}, p99 {}, max {}\n", name,
                     time_text(histogram.quantile_ns(0.5)), time_text(histogram.quantile_ns(0.9)),
                     time_text(histogram.quantile_ns(0.99)), text_of(Duration(histogram.max_ns())));
}

std::string open_loop_text(const load::OpenLoop& open) {
  const std::string rate = open.rate.changes()
                               ? fmt::format("{:.0f}..{:.0f}", open.rate.from_rps, open.rate.to_rps)
                               : fmt::format("{:.0f}", open.rate.from_rps);
  return fmt::format(" {}/s {},", rate, text_of(open.arrivals));
}

std::string pipeline_text(std::uint32_t pipeline) {
  return pipeline == 1 ? "" : fmt::format(" with {} requests under way on each", pipeline);
}

/// What befell requests that nobody would see in the quantiles.
std::string misfortunes_text(const load::LoadResult& result) {
  std::string text;
  if (result.queued > 0) {
    text += fmt::format("  {} requests found every connection busy when they were due\n",
                        result.queued);
  }
  if (result.censored > 0) {
    text += fmt::format(
        "  {} were unanswered at the end, and count with the time that they had waited\n",
        result.censored);
  }
  if (result.served < result.connections) {
    text += fmt::format("  {} of {} connections were never served\n",
                        result.connections - result.served, result.connections);
  }
  if (result.errors() > 0) {
    text +=
        fmt::format("  {} errors: {} connecting, {} wrong answers, {} broken off; the first: {}\n",
                    result.errors(), result.connect_errors, result.protocol_errors,
                    result.io_errors, result.first_error);
  }
  return text;
}

}  // namespace

std::string json_of(const LoadReport& report) {
  const load::LoadResult& result = report.result;
  Json json = Json::object();
  json.set("schema", "weir.load/1");
  json.set("target", report.options.target);
  json.set("connections", static_cast<double>(result.connections));
  json.set("pipeline", static_cast<double>(report.plan.pipeline));
  json.set("connected", static_cast<double>(result.connected));
  json.set("served", static_cast<double>(result.served));
  json.set("window_ns", ns(result.window));
  json.set("request_bytes", static_cast<double>(report.plan.request_bytes));
  json.set("seed", static_cast<double>(report.plan.seed));
  json.set("warm_up_ns", ns(result.warm_up));
  json.set("requests", static_cast<double>(result.requests));
  json.set("throughput_rps", per_second(result.requests, result.window));
  if (report.plan.open) json.set("open_loop", open_loop_json(*report.plan.open, result));
  json.set("first_half_requests", static_cast<double>(result.first_half));
  json.set("unsteady", load::unsteady(report.plan, result));
  if (report.plan.think.mean > Duration(0)) json.set("think_ns", ns(report.plan.think.mean));
  if (report.plan.think.page > 1) json.set("page", static_cast<double>(report.plan.think.page));
  json.set("churn", report.plan.kind == load::Connections::fresh);
  if (report.plan.personas.count() > 0) {
    json.set("personas", personas_json(report.plan.personas));
  }
  json.set("errors", errors_json(result));
  Json latency = Json::object();
  if (report.plan.open) {
    latency.set("response", latency_json(result, result.response, &result.calm));
    latency.set("service", latency_json(result, result.service));
    latency.set("send_lag", latency_json(result, result.send_lag, &result.calm_lag));
  } else {
    latency.set("service", latency_json(result, result.service, &result.calm));
  }
  json.set("latency", std::move(latency));
  json.set("generator", generator_json(result));
  Json fairness = Json::object();
  fairness.set("unserved", static_cast<double>(result.connections - result.served));
  fairness.set("jain", result.jain);
  json.set("fairness", std::move(fairness));
  if (report.server) json.set("server", Json::parse(lab::to_json(*report.server)));
  if (!report.judged.empty()) json.set("thresholds", thresholds_json(report.judged));
  json.set("verdict", verdict_of(limit_of(report.plan, result)));
  json.set("interrupted", result.interrupted);
  return json.dump(2) + "\n";
}

std::string text_of(const LoadReport& report) {
  const load::LoadResult& result = report.result;
  std::string text =
      fmt::format("{}, {} connections{},{} {} requests of {} bytes in {:.2f} s\n",
                  report.options.target, result.connections, pipeline_text(report.plan.pipeline),
                  report.plan.open ? open_loop_text(*report.plan.open) : "", result.requests,
                  report.plan.request_bytes, ns(result.window) / 1e9);
  text += fmt::format("  rate      {:.0f}/s\n", per_second(result.requests, result.window));
  if (report.plan.open) {
    text += latency_text("response", result.response);
    text += latency_text("service", result.service);
    text += latency_text("send lag", result.send_lag);
  } else {
    text += latency_text("latency", result.service);
  }
  text += fmt::format("  generator {:.0f} % of a processor used, {:.0f} % waited for",
                      100 * share_of(result.generator_cpu - result.generator_spun, result.window),
                      100 * share_of(result.generator_queued, result.window));
  if (!report.plan.open && limit_of(report.plan, result) == load::Limit::generator) {
    text += ": it was the limit, the server may be able to do more";
  }
  text += '\n';
  if (report.server) {
    const lab::Figure& cpu_ns = report.server->cpu_ns_per_request;
    text += cpu_ns.known()
                ? fmt::format("  server    {:.2f} us of CPU a request\n", cpu_ns.value_or(0) / 1e3)
                : fmt::format("  server    n/a ({})\n", cpu_ns.reason());
  }
  text += misfortunes_text(result);
  if (limit_of(report.plan, result) == load::Limit::connections) {
    text += fmt::format(
        "  {} of {} requests that were due were never sent: at this rate the server doesn't keep "
        "up "
        "on {} connections, and latencies grow as long as it lasts\n",
        result.due - result.sent, result.due, result.connections);
  }
  for (const Judged& judged : report.judged) {
    text += fmt::format("  {} {}: {}\n", judged.met ? "kept     " : "not kept ", judged.text,
                        judged.value_text);
  }
  return text;
}

std::string mistrust(const load::Plan& plan, const load::LoadResult& result) {
  if (!plan.open || limit_of(plan, result) != load::Limit::generator) return "";
  const std::optional<load::Lateness> late = load::lateness_of(result);
  return fmt::format(
      "the generator was the limit: of {} requests that were due it sent {}, and its send lag was "
      "{} "
      "({}); take a lower --rate, or give it a processor of its own",
      result.due, result.sent, late ? text_of(Duration(late->lag_ns)) : "n/a",
      late ? late->quantile : "too few samples");
}

}  // namespace weir::cli
