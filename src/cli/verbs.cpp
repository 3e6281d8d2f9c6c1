// What can be said after each verb.
#include "cli/verbs.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>

#include "cli/failure.hpp"
#include "cli/products.hpp"
#include "cli/suggest.hpp"
#include "cli/target.hpp"
#include "cli/terminal.hpp"
#include "cli/worker_options.hpp"

namespace weir::cli {
namespace {

constexpr std::uint64_t pool_threads_max = 100'000;
constexpr std::uint64_t offload_threads_max = 1'024;
constexpr std::array of_simulated_clients{"--clients", "--pace", "--lanes", "--json", "--quiet"};

double parse_pace(const std::string& word) {
  std::size_t end = 0;
  double pace = -1;
  try {
    pace = std::stod(word, &end);
  } catch (const std::logic_error&) {
    end = 0;
  }
  if (end != word.size() || !(pace >= 0 && pace <= 1000)) {
    throw std::invalid_argument(fmt::format("'{}' is not a number from 0 to 1000", word));
  }
  return pace;
}

}  // namespace

std::string service_help(const std::vector<Service>& services) {
  std::string help = "which:";
  for (const Service& service : services) {
    help += fmt::format(" {} ({})", service.name, service.summary);
  }
  return help;
}

void add_idle_cpus(Verb& verb, lab::IdleCpus& idle_cpus) {
  verb.flag("--let-cpus-sleep",
            "let idle CPUs sleep; else they are kept awake, where that is allowed: in a virtual "
            "machine waking one costs more than most of what is measured",
            [&idle_cpus] { idle_cpus = lab::IdleCpus::may_sleep; });
}

Verbs::Verbs(const std::vector<Service>& services, ServiceName service_name, std::string program,
             const std::string& command)
    : services_(services), service_name_(service_name), program_(std::move(program)) {
  compare_.command = command;
  prices_.command = command;
  predict_.command = command;
}

void Verbs::add_to(CommandLine& line) {
  add_serve(line);
  add_client(line);
  add_load(line);
  add_compare(line);
  add_race(line);
  add_prices(line);
  add_predict(line);
  add_report(line);
  add_diff(line);
  add_claims(line);
  add_list(line);
  add_explain(line);
  add_doctor(line);
  add_sim(line);
}

void Verbs::service_word(Verb& verb) {
  if (service_name_ == ServiceName::understood) return;
  verb.word("SERVICE", service_, service_help(services_), Verb::Needed::yes);
}

const Service& Verbs::service() const {
  return service_.empty() ? services_.front() : find_service(service_, services_);
}

std::string Verbs::example(const std::string& verb, const std::string& rest) const {
  const bool said = service_name_ == ServiceName::said;
  return fmt::format("{} {}{}{}{}", program_, verb, said ? " " + services_.front().name : "",
                     rest.empty() ? "" : " ", rest);
}

void Verbs::add_serve(CommandLine& line) {
  Verb verb = line.verb("serve", "Run", "Serve a service under a concurrency model");
  service_word(verb);
  verb.texts("-l,--listen", "ADDRESS", serve_.listen,
             fmt::format("HOST:PORT, [IPV6]:PORT or unix:PATH, again for more; port 0 picks one "
                         "(127.0.0.1:{})",
                         services_.front().port));
  verb.text("-m,--model", "MODEL", serve_.model.model,
            fmt::format("{}; or a set-up: {}", listed(model_names()), listed(product_names())));
  verb.text("--trigger", "KIND", serve_.model.trigger, "epoll: edge (default) or level");
  verb.option("--pool", "N", "pool: how many threads", "64", [this](const std::string& word) {
    serve_.model.pool_threads =
        static_cast<std::uint32_t>(Verb::parse_number(word, 1, pool_threads_max));
  });
  add_worker_options(verb, serve_.workers);
  verb.option("--offload", "N",
              "event loops, fiber: threads of each worker for what sessions offload; inline: none, "
              "the loop does it",
              std::to_string(serve_.limits.offload_threads), [this](const std::string& word) {
                serve_.model.offload_said = true;
                serve_.limits.offload_threads = word == "inline"
                                                    ? 0
                                                    : static_cast<std::uint32_t>(Verb::parse_number(
                                                          word, 1, offload_threads_max));
              });
  verb.number("--backlog", "N", serve_.backlog, "connections that may wait to be accepted", 1,
              1 << 20);
  verb.option("--max-connections", "N",
              "of all workers together, in equal parts; more wait in the backlog (80 % of the "
              "descriptors)",
              "", [this](const std::string& word) {
                serve_.connections_max =
                    static_cast<std::uint32_t>(Verb::parse_number(word, 1, 10'000'000));
              });
  verb.bytes("--loan-memory", serve_.model.loan_memory_bytes,
             "event loops: bound on the read buffers of all workers together (256MiB)");
  verb.bytes("--stack", serve_.model.stack_bytes,
             "fiber: size of a session's stack (256KiB), resident as far as it is used");
  verb.duration("--idle-timeout", serve_.limits.idle_timeout,
                "ends a connection that is silent for so long; 0s: never");
  verb.duration("--write-timeout", serve_.limits.write_timeout,
                "ends a connection that takes nothing for so long");
  verb.duration("--drain-timeout", serve_.limits.drain_timeout,
                "how long sessions may go on after SIGTERM");
  verb.flag("-v,--verbose", verbose_, "a line for each connection");
  verb.flag("-q,--quiet", quiet_, "no lines but errors");
  verb.either("--quiet", "--verbose");
  given_.add_to(verb, services_);
  verb.examples({example("serve", ""), example("serve", "-m thread -l [::]:0 --idle-timeout 30s")});
  verb.action([this] {
    if (verbose_) serve_.log = Log::Level::verbose;
    if (quiet_) serve_.log = Log::Level::quiet;
    const Service& chosen = service();
    given_.give_to(chosen);
    return serve(chosen, serve_);
  });
}

void Verbs::add_client(CommandLine& line) {
  Verb verb = line.verb("client", "Run",
                        "Simulated clients, to see who waits for whom; or the terminal as one");
  service_word(verb);
  verb.word("HOST", client_host_, "where the server is", Verb::Needed::yes);
  verb.word("PORT", client_port_, "and its port", Verb::Needed::yes);
  verb.number("-n,--clients", "N", client_.clients, "how many, all at once", 1, 10'000);
  verb.option("--pace", "FACTOR", "scales the pauses; 0.1: ten times faster", "1",
              [this](const std::string& word) { client_.pace = parse_pace(word); });
  verb.flag("--lanes", client_.lanes, "draw a line for each client");
  verb.text("--svg", "FILE", client_.svg, "the same as a picture; -: stdout");
  verb.text("--json", "FILE", client_.json, "write the events to this file; -: stdout");
  verb.flag("-q,--quiet", client_.quiet, "no line for each event");
  verb.flag("-i,--interactive", interactive_,
            "a person, or a script on stdin, instead: so where the service is for one, unless an "
            "option above is given");
  for (const char* simulated : of_simulated_clients) verb.either("--interactive", simulated);
  const std::uint16_t port = services_.front().port;
  verb.examples({example("client", fmt::format("-n 3 127.0.0.1 {}", port)),
                 example("client", fmt::format("-n 3 --lanes -q --pace 0.5 127.0.0.1 {}", port))});
  verb.action([this, verb] {
    client_.address = parse_host_and_port(client_host_, client_port_);
    const bool simulated = std::any_of(of_simulated_clients.begin(), of_simulated_clients.end(),
                                       [&verb](const char* option) { return verb.said(option); });
    if (interactive_ || (service().interactive && !simulated)) {
      return terminal(service(), client_.address);
    }
    return client(service(), client_);
  });
}

}  // namespace weir::cli
