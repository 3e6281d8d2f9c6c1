// What can be said after the verb load.
#include <fmt/format.h>

#include "cli/load_words.hpp"
#include "cli/target.hpp"
#include "cli/units.hpp"
#include "cli/verbs.hpp"

namespace weir::cli {
namespace {

constexpr std::uint64_t connections_max = 1'000'000;
constexpr std::uint64_t pipeline_max = 1024;
constexpr Duration shortest_window = std::chrono::milliseconds(1);

/// How many requests, and when.
void add_loop_options(Verb& verb, LoadOptions& load) {
  verb.number("-c,--connections", "N", load.connections, "that carry the requests", 1,
              connections_max);
  verb.number("--pipeline", "N", load.pipeline, "requests under way on each at a time", 1,
              pipeline_max);
  verb.duration("-d,--duration", load.duration, "how long to measure", shortest_window);
  verb.option("--warmup", "TIME",
              "how long to run before that; steady: until three tenths of a second agree within a "
              "tenth, at most 1s",
              "300ms", [&load](const std::string& word) {
                load.until_steady = word == "steady";
                if (!load.until_steady) load.warm_up = parse_duration(word);
              });
  verb.option("-n,--requests", "N", "make so many in all, and leave; without a warm-up", "",
              [&load](const std::string& word) {
                load.requests = Verb::parse_number(word, 1, 1'000'000'000'000);
              });
  verb.option("-r,--rate", "N",
              "open loop: so many are due each second, whatever the server does; FROM..TO: it "
              "changes from one to the other",
              "", [&load](const std::string& word) { load.rate = parse_rate(word); });
  verb.option("--arrivals", "KIND", "of an open loop: poisson (default), uniform, burst:N", "",
              [&load](const std::string& word) { load.arrivals = parse_arrivals(word); });
  using Kind = load::Think::Kind;
  verb.option("--think", "TIME",
              "closed loop: each connection waits before a request, exponentially distributed, so "
              "long on average",
              "", [&load](const std::string& word) {
                load.think = {parse_duration(word), Kind::exponential};
              });
  verb.option("--think-fixed", "TIME", "the same, always so long", "",
              [&load](const std::string& word) {
                load.think = {parse_duration(word), Kind::fixed};
              });
  verb.number("--page", "N", load.page, "of these only before the first of each N requests", 1,
              1'000'000);
  verb.number("--seed", "N", load.seed, "of arrivals and thoughts");
  for (const char* think : {"--think", "--think-fixed"}) verb.either("--rate", think);
  verb.either("--think", "--think-fixed");
  verb.either("--requests", "--warmup");
  for (const char* think : {"--think", "--think-fixed"}) verb.either("--pipeline", think);
}

/// What a request is, and who else is there.
void add_client_options(Verb& verb, LoadOptions& load) {
  verb.option("--request-bytes", "SIZE", "size of a request (64B, or as the service's are)", "",
              [&load](const std::string& word) { load.request_bytes = parse_bytes(word); });
  verb.texts("--request", "TEXT", load.asked,
             "ask for this, where the service's requests can be chosen (work: 'sleep=5ms', http: "
             "/path); again for more: each connection takes them in turn");
  verb.text("--trace", "FILE", load.trace,
            "open loop: the GETs of an access log (combined, or weir's JSON), when they came");
  verb.option("--trace-speed", "X", "so many times as fast as they came (1)", "",
              [&load](const std::string& word) { load.trace_speed = parse_speed(word); });
  verb.flag("--trace-sizes",
            "ask for answers of the log's sizes, by serve http --work, not for its paths",
            [&load] { load.trace_sizes = true; });
  for (const char* how : {"--trace-speed", "--trace-sizes"}) verb.only_with(how, "--trace");
  for (const char* other : {"--rate", "--requests", "--arrivals", "--think", "--think-fixed",
                            "--request", "--request-bytes", "--warmup"}) {
    verb.either("--trace", other);
  }
  verb.flag("--churn", "a new connection for each request",
            [&load] { load.kind = load::Connections::fresh; });
  for (const char* other : {"--trace", "--churn"}) verb.either("--pipeline", other);
  verb.option("--persona", "KIND=N,...",
              "clients beside those that are measured: slow-sender, slow-reader, idle, aborter, "
              "pipeliner",
              "", [&load](const std::string& word) { load.personas = parse_personas(word); });
}

/// What is said of it, and where.
void add_result_options(Verb& verb, LoadOptions& load) {
  verb.option("--server-pid", "PID",
              "watch this process: CPU, switches, system calls, memory per request", "",
              [&load](const std::string& word) {
                load.server_pid = static_cast<pid_t>(Verb::parse_number(word, 1, 1 << 30));
              });
  verb.flag("--keep-cpus-awake", load.keep_awake,
            "let no idle CPU of this machine sleep meanwhile, as compare does");
  verb.texts("--threshold", "WHAT", load.thresholds,
             "what must be kept, or the exit code is 4: p99<5ms, rate>1000, errors<1; again for "
             "more");
  verb.text("--json", "FILE", load.json, "write the result to this file; -: stdout");
  verb.text("--hgrm", "FILE", load.hgrm, "write the percentiles, as HdrHistogram does");
  verb.text("--hdr-log", "FILE", load.hdr_log, "write a HdrHistogram interval log");
  verb.flag("-q,--quiet", load.quiet, "no progress");
}

}  // namespace

void Verbs::add_load(CommandLine& line) {
  Verb verb = line.verb("load", "Measure", "Make a load (closed or open loop) and measure it");
  const Service& first = services_.front();
  verb.word("TARGET", load_.target, fmt::format("{}://HOST:PORT, or HOST PORT", first.name),
            Verb::Needed::yes);
  verb.word("PORT", load_port_, "where TARGET is only a host", Verb::Needed::no);
  add_loop_options(verb, load_);
  add_client_options(verb, load_);
  add_result_options(verb, load_);
  verb.examples({fmt::format("{} load {}://127.0.0.1:{}", program_, first.name, first.port),
                 fmt::format("{} load 127.0.0.1 {} -r 5000 -d 5s --threshold 'p99<5ms'", program_,
                             first.port)});
  verb.action([this, verb] {
    load_.duration_said = verb.said("--duration");
    if (!load_port_.empty()) {
      load_.target = target_text(services_.front(), load_.target, load_port_);
    }
    return load(services_, load_);
  });
}

}  // namespace weir::cli
