// weir's http beside a floor that answers without reading what it is asked, and nginx: CPU time per
// request of a browser's GET /plaintext. Ends with exit code 4 when a limit of the project is missed.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <getopt.h>
#include <iterator>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "bench/duel.hpp"
#include "bench/executables.hpp"
#include "bench/ports.hpp"
#include "bench/program.hpp"
#include "bench/verdicts.hpp"
#include "lab/machine.hpp"

namespace weir::bench {
namespace {

namespace fs = std::filesystem;

constexpr const char* nginx = "/usr/sbin/nginx";
constexpr double of_nginx_max = 0.78;

/// How much more than the floor's it may be; with a thousand connections a little more.
double of_floor_max(std::size_t connections) {
  return connections > 64 ? 1.08 : 1.06;
}

constexpr std::string_view usage =
    "weir's http beside a floor that reads nothing of what it is asked, and nginx\n"
    "Usage: http [--connections N] [--rounds N] [--seed N]\n"
    "\n"
    "  --connections N  64 unless told otherwise\n"
    "  --rounds N       interleaved rounds (6)\n"
    "  --seed N         repeats an order of runs (by chance)\n"
    "\n"
    "Exit codes: 0 every limit is met; 1 a run failed; 2 wrong usage; 4 a limit is missed;\n"
    "5 a limit could not be checked\n"
    "\n"
    "Examples:\n"
    "  http\n"
    "  http --connections 1000 --rounds 12\n";

struct Options {
  std::size_t connections = 64;
  DuelOptions duel;
};

constexpr Program program{"http"};

Options parse(int argc, char** argv) {
  Options options;
  options.duel.seed = std::random_device()();
  options.duel.service = "http";
  options.duel.path = "/plaintext";
  const option known[] = {{"connections", required_argument, nullptr, 'c'},
                          {"rounds", required_argument, nullptr, 'r'},
                          {"seed", required_argument, nullptr, 's'},
                          {"help", no_argument, nullptr, 'h'},
                          {nullptr, 0, nullptr, 0}};
  for (int given = 0; (given = ::getopt_long(argc, argv, "c:h", known, nullptr)) != -1;) {
    if (given == 'h') {
      fmt::print("{}", usage);
      std::exit(0);
    }
    if (given == '?') program.refuse("wrong usage");
    if (given == 'c') options.connections = program.number("--connections", optarg, 1);
    if (given == 'r') options.duel.rounds = program.number("--rounds", optarg, 1);
    if (given == 's') options.duel.seed = program.number("--seed", optarg, 0);
  }
  if (optind < argc) program.refuse(fmt::format("'{}' means nothing here", argv[optind]));
  return options;
}

/// A folder for what nginx wants to write, which goes when it goes.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "weir-http-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no room for a folder");
    path_ = name;
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

void replace_all(std::string& text, std::string_view what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
}

lab::Server start_nginx(const lab::Process::Options& options, const Folder& folder) {
  const std::uint16_t port = free_port();
  std::ifstream pattern(WEIR_BENCH_DIR "/nginx.conf");
  std::string text{std::istreambuf_iterator<char>(pattern), {}};
  replace_all(text, "FOLDER", folder.path());
  replace_all(text, "PORT", std::to_string(port));
  const std::string file = folder.path() + "/nginx.conf";
  std::ofstream(file) << text;
  lab::Server server{lab::Process::start({nginx, "-c", file}, options), "127.0.0.1", port, ""};
  wait_until_accepting(port, server.process, "nginx");
  return server;
}

std::vector<lab::Contestant> contestants() {
  std::vector<lab::Contestant> all{{"floor", {executable("bench/http_floor")}}};
  for (const char* model : {"epoll", "uring"}) {
    all.push_back({fmt::format("weir, {}", model),
                   {executable("weir"), "serve", "http", "-l", "127.0.0.1:0", "-m", model}});
  }
  if (::access(nginx, X_OK) == 0)
    all.push_back({"nginx", {nginx}});
  else
    fmt::print(stderr, "nginx is not installed (apt-get install nginx-light): it is left out\n");
  return all;
}

/// Compares `lap` to another one of the same rounds, with a limit or without.
Finding compared(const std::string& subject, const Lap& lap, const Lap& to,
                 std::optional<double> limit_max) {
  Finding finding{subject,
                  lap.contestant,
                  "CPU to that of " + to.contestant,
                  median(lap.cpu_ns_per_request) / 1000,
                  2,
                  "",
                  {},
                  limit_max};
  const Ratio found = ratio(lap.cpu_ns_per_request, to.cpu_ns_per_request);
  if (found.median.known()) {
    finding.beside =
        fmt::format("{:.3f}x ({:.3f} to {:.3f})", found.median.value_or(0), found.low, found.high);
  }
  finding.compared = found.median;
  if (limit_max) finding.limit = fmt::format("at most {:.2f}x", *limit_max);
  return finding;
}

std::vector<Finding> findings_of(const Duel& result, std::size_t connections) {
  const std::string subject = fmt::format("{} connections", connections);
  std::vector<Finding> findings;
  const Lap* of_nginx = result.laps.back().contestant == "nginx" ? &result.laps.back() : nullptr;
  for (const Lap& lap : result.laps) {
    findings.push_back({subject,
                        lap.contestant,
                        "CPU, us/request",
                        median(lap.cpu_ns_per_request) / 1000,
                        2,
                        "",
                        {},
                        {}});
    findings.push_back({subject,
                        lap.contestant,
                        "system calls/request",
                        median(lap.system_calls_per_request),
                        3,
                        "",
                        {},
                        {}});
  }
  const Lap& floor = result.laps[0];
  const Lap& epoll = result.laps[1];
  const Lap& uring = result.laps[2];
  findings.push_back(compared(subject, epoll, floor, of_floor_max(connections)));
  findings.push_back(compared(subject, uring, floor, std::nullopt));  // the floor is epoll's
  for (const Lap* lap : {&epoll, &uring}) {
    if (of_nginx != nullptr) findings.push_back(compared(subject, *lap, *of_nginx, of_nginx_max));
  }
  return findings;
}

int run(Options options) {
  const Folder folder;
  options.duel.starter.start = [&folder](const lab::Contestant& contestant,
                                         const lab::Process::Options& how) {
    if (contestant.argv.front() == nginx) return start_nginx(how, folder);
    return lab::start_server(contestant.argv, how);
  };
  const Duel result = duel(contestants(), options.connections, options.duel, say);
  if (::isatty(STDERR_FILENO) != 0) fmt::print(stderr, "\r\033[K");
  const std::vector<Finding> findings = findings_of(result, options.connections);
  fmt::print("{}", table(findings));
  fmt::print("{} rounds of {} slices of {} ms each, seed {}; {}\n", options.duel.rounds,
             options.duel.slices, options.duel.slice.count(), options.duel.seed,
             lab::placement_text(lab::describe_machine()));
  if (result.disturbed_runs > 0) {
    fmt::print("{} of {} slices were disturbed by other programs\n", result.disturbed_runs,
               result.runs);
  }
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
