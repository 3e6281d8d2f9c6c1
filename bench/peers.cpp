// weir's http beside the web servers that people run: CPU time per request of 13 bytes, of a file of
// 1 KiB and of 1 MiB, and of a new connection for each request. Ends with exit code 4 when a limit of
// the project is missed.
#include <algorithm>
#include <csignal>
#include <cstdio>
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

constexpr std::string_view usage =
    "weir's http beside nginx, h2o, lighttpd, HAProxy and Apache\n"
    "Usage: peers [--case NAME] [--load NAME] [--connections N] [--rounds N] [--seed N]\n"
    "\n"
    "  --case NAME      plaintext, 1k, 1m or churn; again for more (all)\n"
    "  --load NAME      who makes the load: weir, or wrk, without churn (weir)\n"
    "  --connections N  64 unless told otherwise; of more, Apache is left out\n"
    "  --rounds N       interleaved rounds (6)\n"
    "  --seed N         repeats an order of runs (by chance)\n"
    "\n"
    "Exit codes: 0 every limit is met; 1 a run failed; 2 wrong usage; 4 a limit is missed;\n"
    "5 a limit could not be checked\n"
    "\n"
    "Examples:\n"
    "  peers\n"
    "  peers --case 1k --case 1m --rounds 12\n"
    "  peers --load wrk --connections 1000\n";

/// What is asked for, and who answers.
struct Case {
  std::string name;
  std::string path;
  bool churn;
  std::vector<std::string> peers;
  bool shapes;     // weir also in the shapes of Apache's MPMs
  std::string to;  // the peer that the limit is for
  double limit_max;
};

std::vector<Case> all_cases() {
  const std::vector<std::string> with_files{"nginx", "h2o", "lighttpd", "apache-event"};
  return {
      {"plaintext",
       "/plaintext",
       false,
       {"nginx", "h2o", "lighttpd", "haproxy", "apache-prefork", "apache-worker", "apache-event"},
       true,
       "nginx",
       0.78},
      {"1k", "/1k", false, with_files, false, "nginx", 0.85},
      {"1m", "/1m", false, with_files, false, "nginx", 1.0},
      {"churn", "/plaintext", true, with_files, false, "h2o", 1.0}};
}

struct Options {
  std::vector<std::string> cases;
  std::size_t connections = 64;
  DuelOptions duel;
};

constexpr Program program{"peers"};
constexpr std::size_t apache_clients_max = 64;  // it has a process or a thread for each

bool is_case(const std::string& name) {
  const auto all = all_cases();
  return std::any_of(all.begin(), all.end(),
                     [&name](const Case& each) { return each.name == name; });
}

Options parse(int argc, char** argv) {
  Options options;
  options.duel.service = "http";
  const OwnOption load{
      "load", [&options](const std::string& name) {
        if (name != "weir" && name != "wrk") {
          program.refuse(fmt::format("'{}' makes no load; take weir or wrk", name));
        }
        options.duel.pipelined = name == "wrk" ? 1 : 0;
      }};
  const OwnOption one{"case", [&options](const char* name) {
                        if (!is_case(name)) {
                          program.refuse(fmt::format(
                              "there is no case '{}'; take plaintext, 1k, 1m or churn", name));
                        }
                        options.cases.emplace_back(name);
                      }};
  parse_duel(program, usage, argc, argv, options.connections, options.duel, {one, load});
  const bool churn =
      std::find(options.cases.begin(), options.cases.end(), "churn") != options.cases.end();
  if (churn && options.duel.pipelined > 0) {
    program.refuse("wrk keeps its connections; leave --case churn out, or --load wrk");
  }
  return options;
}

lab::Contestant weir(const Place& place, const std::string& name,
                     const std::vector<std::string>& options) {
  std::vector<std::string> argv{executable("weir"), "serve", "http",       "--root",
                                place.root(),       "-l",    "127.0.0.1:0"};
  argv.insert(argv.end(), options.begin(), options.end());
  return {"weir, " + name, argv};
}

/// weir's first, epoll and uring before its other shapes.
std::vector<lab::Contestant> contestants(const Case& what, const Place& place,
                                         std::size_t connections) {
  std::vector<lab::Contestant> all{weir(place, "epoll", {"-m", "epoll"}),
                                   weir(place, "uring", {"-m", "uring"})};
  const bool with_apache = connections <= apache_clients_max;
  if (what.shapes && with_apache) {
    const std::string many = std::to_string(connections);
    all.push_back(weir(place, "processes", {"-m", "iterative", "--processes", many}));
    all.push_back(weir(place, "pool", {"-m", "pool", "--pool", many}));
  }
  for (const Peer& peer : all_peers()) {
    if (std::find(what.peers.begin(), what.peers.end(), peer.name) == what.peers.end()) continue;
    if (peer.name.starts_with("apache") && !with_apache) continue;
    if (is_installed(peer))
      all.push_back(contestant_of(peer));
    else
      fmt::print(stderr, "{} is not installed (apt-get install {}): it is left out\n", peer.name,
                 peer.package);
  }
  return all;
}

std::vector<Finding> findings_of(const Duel& duel, const Case& what, bool calls) {
  std::vector<Finding> findings;
  for (const Lap& lap : duel.laps) findings.push_back(cpu_of(what.name, lap));
  for (const Lap& lap : duel.laps) {
    if (calls) findings.push_back(calls_of(what.name, lap));
  }
  for (std::size_t i = 0; i < 2; ++i) {
    for (const Lap& to : duel.laps) {
      if (to.contestant != what.to) continue;
      findings.push_back(cpu_to(what.name, duel.laps[i], to, what.limit_max));
    }
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
  options.duel.starter.ended_well = [](int code) { return code == 0 || code == 128 + SIGTERM; };
  std::vector<Finding> findings;
  std::string said;
  for (const Case& what : all_cases()) {
    const auto& asked = options.cases;
    if (!asked.empty() && std::find(asked.begin(), asked.end(), what.name) == asked.end()) continue;
    if (what.churn && options.duel.pipelined > 0) continue;
    DuelOptions how = options.duel;
    how.path = what.path;
    how.churn = what.churn;
    const auto all = contestants(what, place, options.connections);
    const Duel result = duel(all, options.connections, how, say);
    const auto found = findings_of(result, what, how.pipelined == 0);
    findings.insert(findings.end(), found.begin(), found.end());
    said += what.name + ": " + conditions(result, how);
  }
  if (::isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\r\033[K");
  fmt::print("{}{}", table(findings), said);
  return exit_code(findings);
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) {
  const auto options = weir::bench::parse(argc, argv);
  try {
    return weir::bench::run(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "peers: {}\n", error.what());
    return 1;
  }
}
