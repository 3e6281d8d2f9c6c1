// weir's http beside a floor that answers without reading what it is asked, and nginx: CPU time per
// request of a browser's GET /plaintext. Ends with exit code 4 when a limit of the project is missed.
#include <array>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "bench/duel.hpp"
#include "bench/duel_line.hpp"
#include "bench/executables.hpp"
#include "bench/findings.hpp"
#include "bench/peer.hpp"
#include "bench/program.hpp"
#include "bench/verdicts.hpp"

namespace weir::bench {
namespace {

constexpr double of_nginx_max = 0.78;

/// How much more than the floor's it may be; with a thousand connections a little more, and much more
/// where the floor has but one system call for many requests.
double of_floor_max(std::size_t connections, std::size_t pipelined) {
  if (pipelined > 0) return 1.4;
  return connections > 64 ? 1.08 : 1.06;
}

constexpr std::string_view usage =
    "weir's http beside a floor that reads nothing of what it is asked, and nginx\n"
    "Usage: http [--connections N] [--pipelined N] [--rounds N] [--seed N]\n"
    "\n"
    "  --connections N  64 unless told otherwise\n"
    "  --pipelined N    so many requests in a row, without waiting for answers; wrk makes them\n"
    "  --rounds N       interleaved rounds (6)\n"
    "  --seed N         repeats an order of runs (by chance)\n"
    "\n"
    "Exit codes: 0 every limit is met; 1 a run failed; 2 wrong usage; 4 a limit is missed;\n"
    "5 a limit could not be checked\n"
    "\n"
    "Examples:\n"
    "  http\n"
    "  http --connections 1000 --rounds 12\n"
    "  http --pipelined 16\n";

struct Options {
  std::size_t connections = 64;
  DuelOptions duel;
};

constexpr Program program{"http"};

Options parse(int argc, char** argv) {
  Options options;
  options.duel.service = "http";
  options.duel.path = "/plaintext";
  const OwnOption pipelined{"pipelined", [&options](const char* number) {
                              options.duel.pipelined = program.number("--pipelined", number, 1);
                            }};
  parse_duel(program, usage, argc, argv, options.connections, options.duel, {pipelined});
  return options;
}

constexpr std::array models{"epoll", "uring"};

/// For each model its floor and weir, and then nginx.
std::vector<lab::Contestant> contestants() {
  std::vector<lab::Contestant> all;
  for (const std::string model : models) {
    all.push_back({"floor, " + model, {executable("bench/http_floor_" + model)}});
    all.push_back({"weir, " + model,
                   {executable("weir"), "serve", "http", "-l", "127.0.0.1:0", "-m", model}});
  }
  const Peer& nginx = all_peers().front();
  if (is_installed(nginx))
    all.push_back(contestant_of(nginx));
  else
    fmt::print(stderr, "nginx is not installed (apt-get install nginx-light): it is left out\n");
  return all;
}

std::vector<Finding> findings_of(const Duel& result, const Options& options) {
  const std::size_t pipelined = options.duel.pipelined;
  std::string subject = fmt::format("{} connections", options.connections);
  if (pipelined > 0) subject += fmt::format(", {} in a row", pipelined);
  std::vector<Finding> findings;
  const Lap* of_nginx = result.laps.back().contestant == "nginx" ? &result.laps.back() : nullptr;
  for (const Lap& lap : result.laps) {
    findings.push_back(cpu_of(subject, lap));
    if (pipelined == 0) findings.push_back(calls_of(subject, lap));
  }
  for (std::size_t i = 0; i < 2 * models.size(); i += 2) {
    const Lap& own = result.laps[i + 1];
    findings.push_back(
        cpu_to(subject, own, result.laps[i], of_floor_max(options.connections, pipelined)));
    if (of_nginx != nullptr && pipelined == 0)
      findings.push_back(cpu_to(subject, own, *of_nginx, of_nginx_max));
  }
  return findings;
}

int run(Options options) {
  const Place place;
  options.duel.starter.start = [&place](const lab::Contestant& contestant,
                                        const lab::Process::Options& how) {
    if (is_peer(contestant)) return start_peer(contestant, how, place);
    return lab::start_server(contestant.argv, how);
  };
  const Duel result = duel(contestants(), options.connections, options.duel, say);
  if (::isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\r\033[K");
  const std::vector<Finding> findings = findings_of(result, options);
  fmt::print("{}{}", table(findings), conditions(result, options.duel));
  return exit_code(findings);
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) {
  const auto options = weir::bench::parse(argc, argv);
  try {
    return weir::bench::run(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "http: {}\n", error.what());
    return 1;
  }
}
