// weir's relay beside HAProxy in TCP mode, both in front of the same framed server: CPU time per
// request. Ends with exit code 4 when a limit of the project is missed.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "bench/duel.hpp"
#include "bench/duel_line.hpp"
#include "bench/executables.hpp"
#include "bench/findings.hpp"
#include "bench/program.hpp"
#include "bench/verdicts.hpp"
#include "lab/external.hpp"
#include "lab/machine.hpp"

namespace weir::bench {
namespace {

constexpr double cpu_ratio_max = 1.15;
constexpr const char* haproxy = "/usr/sbin/haproxy";

constexpr std::string_view usage =
    "weir's relay beside HAProxy in TCP mode, in front of the same framed server\n"
    "Usage: relay [--model MODEL]... [--connections N] [--rounds N] [--seed N]\n"
    "\n"
    "  --model MODEL    a model of weir's relay; again for more (epoll and uring)\n"
    "  --connections N  64 unless told otherwise\n"
    "  --rounds N       interleaved rounds (6)\n"
    "  --seed N         repeats an order of runs (by chance)\n"
    "\n"
    "Exit codes: 0 every limit is met; 1 a run failed; 2 wrong usage; 4 a limit is missed;\n"
    "5 a limit could not be checked\n"
    "\n"
    "Examples:\n"
    "  relay\n"
    "  relay --model epoll --connections 1 --rounds 12\n";

struct Options {
  std::vector<std::string> models;
  std::size_t connections = 64;
  DuelOptions duel;
};

constexpr Program program{"relay"};

Options parse(int argc, char** argv) {
  Options options;
  const OwnOption model{"model",
                        [&options](const char* name) { options.models.emplace_back(name); }};
  parse_duel(program, usage, argc, argv, options.connections, options.duel, {model});
  if (options.models.empty()) options.models = {"epoll", "uring"};
  return options;
}

// --- HAProxy, which takes neither port 0 nor says when it listens

lab::Server start_haproxy(const lab::Contestant& contestant, lab::Process::Options options,
                          std::uint16_t framed_port) {
  const std::uint16_t port = lab::free_port();
  options.environment = {{"RELAY_PORT", std::to_string(port)},
                         {"FRAMED_PORT", std::to_string(framed_port)}};
  lab::Server server{lab::Process::start(contestant.argv, options), "127.0.0.1", port, ""};
  lab::wait_until_accepting(server.process, port, "HAProxy");
  return server;
}

lab::Contestant weir(const std::string& model, const lab::Server& framed) {
  return {"weir, " + model,
          {executable("weir"), "serve", "relay", "--to",
           fmt::format("{}:{}", framed.host, framed.port), "-l", "127.0.0.1:0", "-m", model}};
}

// --- the race

int run(Options options) {
  const lab::Machine machine = lab::describe_machine();
  // On the generator's CPU: it is not what is measured.
  const lab::Server framed =
      lab::start_server(serve_command("epoll", {}), {machine.generator_cpus, {}});
  options.duel.starter.start = [&framed](const lab::Contestant& contestant,
                                         const lab::Process::Options& how) {
    if (contestant.argv.front() == haproxy) return start_haproxy(contestant, how, framed.port);
    return lab::start_server(contestant.argv, how);
  };
  options.duel.behind = framed.process.pid();
  // HAProxy ends by the signal, or says that it did.
  options.duel.starter.ended_well = [](int code) { return code == 0 || code == 128 + SIGTERM; };

  std::vector<lab::Contestant> contestants{
      {"HAProxy", {haproxy, "-db", "-q", "-f", WEIR_BENCH_DIR "/haproxy.cfg"}}};
  for (const std::string& model : options.models) contestants.push_back(weir(model, framed));
  const Duel result = duel(contestants, options.connections, options.duel, say);
  if (::isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\r\033[K");

  std::vector<Finding> findings;
  const std::string subject =
      fmt::format("{} connection{}", options.connections, options.connections == 1 ? "" : "s");
  const Lap& first = result.laps.front();
  for (const Lap& lap : result.laps) findings.push_back(cpu_of(subject, lap));
  for (const Lap& lap : result.laps) findings.push_back(calls_of(subject, lap));
  for (const Lap& lap : result.laps) {
    if (&lap != &first) findings.push_back(cpu_to(subject, lap, first, cpu_ratio_max));
  }
  fmt::print("{}{}", table(findings), conditions(result, options.duel));
  return exit_code(findings);
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) {
  const auto options = weir::bench::parse(argc, argv);
  if (::access(weir::bench::haproxy, X_OK) != 0) {
    fmt::print(stderr, "relay: HAProxy is not installed; apt-get install haproxy\n");
    return 1;
  }
  try {
    return weir::bench::run(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "relay: {}\n", error.what());
    return 1;
  }
}
