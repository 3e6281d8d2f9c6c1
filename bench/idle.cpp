// What a connection costs that does nothing: private memory of the server, at 1, 1,000, 4,000 and
// 8,000 idle connections; afterwards each of them makes a request. Ends with exit code 4 when a
// limit of the project is missed. Memory is counted by the kernel, so a busy machine doesn't
// matter.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <getopt.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bench/descriptors.hpp"
#include "bench/executables.hpp"
#include "bench/framed_client.hpp"
#include "lab/meter.hpp"
#include "lab/process.hpp"
#include "lab/process_tree.hpp"

namespace weir::bench {
namespace {

constexpr double first_bytes_max = 8.0 * 1024 * 1024;
constexpr double slope_bytes_max = 450;

// Those that hold as many connections. A library's own handle is what uv and asio add to the rest.
const std::vector<std::string> models{"fork",  "thread", "fiber", "poll",
                                      "epoll", "uring",  "uv",    "asio"};
bool is_limited(const std::string& model) {
  return model == "poll" || model == "epoll" || model == "uring";
}

constexpr std::string_view usage =
    "Memory of the server per idle connection\n"
    "Usage: idle [--model MODEL]\n"
    "\n"
    "  --model MODEL  fork, thread, fiber, poll, epoll (default), uring, uv or asio; the limits "
    "are for\n"
    "                 poll, epoll and uring\n"
    "\n"
    "Exit codes: 0 every limit is met; 1 it failed; 2 wrong usage; 4 a limit is missed\n";

// A size that no other mapping has: by it the stacks of fibers are known.
constexpr std::size_t stack_kib = 260;

// proc(5), /proc/PID/smaps: the pages that fibers have touched of their stacks.
double stack_bytes(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/smaps", pid));
  double kib = 0;
  bool stack = false;
  for (std::string line; std::getline(file, line);) {
    const double value = std::strtod(line.c_str() + line.find(':') + 1, nullptr);
    if (line.rfind("Size:", 0) == 0) stack = value == stack_kib;
    if (stack && line.rfind("Private_Dirty:", 0) == 0) kib += value;
  }
  return kib * 1024;
}

// proc(5), /proc/PID/smaps_rollup: the pages that only this process has.
double private_bytes_of(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/smaps_rollup", pid));
  double kib = 0;
  bool found = false;
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("Private_Dirty:", 0) != 0 && line.rfind("Private_Clean:", 0) != 0) continue;
    kib += std::strtod(line.c_str() + line.find(':') + 1, nullptr);
    found = true;
  }
  if (!found) throw std::runtime_error("no smaps_rollup of the server to be read");
  return kib * 1024;
}

double private_bytes(pid_t server) {
  double bytes = 0;
  for (const lab::TreeProcess& each : lab::tree_of(server)) bytes += private_bytes_of(each.pid);
  return bytes;
}

struct Point {
  std::size_t connections;
  double private_bytes;
  double kernel_bytes;  // kernel stacks and page tables
};

Point point(std::size_t connections, pid_t server) {
  const lab::Sample sample = lab::ProcessMeter(server).sample();
  return {connections, private_bytes(server),
          sample.kernel_stack_bytes.value_or(0) + sample.page_table_bytes.value_or(0)};
}

double slope_bytes(const Point& from, const Point& to, double Point::*what) {
  return (to.*what - from.*what) / static_cast<double>(to.connections - from.connections);
}

class Held {
 public:
  explicit Held(std::uint16_t port) : port_(port) {}

  // Two source addresses, so that a small range of ports is enough. The greeting of each has been
  // read, and the last one makes a request: what came before it has been dealt with.
  void grow_to(std::size_t connections) {
    while (clients_.size() < connections) {
      clients_.emplace_back(port_, clients_.size() % 2 == 0 ? "127.0.0.1" : "127.0.0.2");
    }
    clients_.back().exchange();
  }
  void exchange_with_all() {
    for (FramedClient& client : clients_) client.exchange();
  }

 private:
  std::uint16_t port_;
  std::vector<FramedClient> clients_;
};

std::string verdict(double value, double limit, bool limited, bool& missed) {
  if (!limited) return "";
  const bool met = value <= limit;
  missed = missed || !met;
  return met ? ": met" : ": MISSED";
}

// Returns whether a limit was missed.
bool report(const std::vector<Point>& points, bool limited) {
  bool missed = false;
  fmt::print("{:>8} connection   {:>8.0f} KiB private{}{}\n", points[0].connections,
             points[0].private_bytes / 1024, limited ? ", at most 8 MiB" : "",
             verdict(points[0].private_bytes, first_bytes_max, limited, missed));
  for (std::size_t i = 1; i < points.size(); ++i) {
    fmt::print("{:>8} connections  {:>8.0f} KiB private", points[i].connections,
               points[i].private_bytes / 1024);
    if (i > 1) {
      const double slope = slope_bytes(points[i - 1], points[i], &Point::private_bytes);
      fmt::print(", {:.0f} bytes for each of the last {}{}{}; kernel stacks and page tables {:.0f}",
                 slope, points[i].connections - points[i - 1].connections,
                 limited ? fmt::format(", at most {:.0f}", slope_bytes_max) : "",
                 verdict(slope, slope_bytes_max, limited, missed),
                 slope_bytes(points[i - 1], points[i], &Point::kernel_bytes));
    }
    fmt::print("\n");
  }
  return missed;
}

int measure(const std::string& model) {
  const std::vector<std::size_t> steps{1, 1000, 4000, 8000};
  raise_descriptor_limit(steps.back());
  std::vector<std::string> options{"--idle-timeout", "10m"};
  if (model == "fiber") options.insert(options.end(), {"--stack", fmt::format("{}KiB", stack_kib)});
  lab::Server server = lab::start_server(serve_command(model, options));
  const pid_t pid = server.process.pid();
  std::vector<Point> points;
  double after_bytes = 0;
  double stacks_bytes = 0;
  {
    Held held(server.port);
    for (const std::size_t connections : steps) {
      held.grow_to(connections);
      points.push_back(point(connections, pid));
    }
    stacks_bytes = stack_bytes(pid);
    held.exchange_with_all();
    after_bytes = private_bytes(pid);
  }
  server.process.signal(SIGTERM);
  const auto code = server.process.wait_for(std::chrono::seconds(60));
  if (code != 0) throw std::runtime_error("the server did not end with exit code 0");

  fmt::print("{}, idle timeout 10 minutes; memory that only the server has\n", model);
  const bool missed = report(points, is_limited(model));
  if (model == "fiber") {
    fmt::print("{:>8} connections  {:>8.0f} KiB of that is touched stack, {:.0f} bytes for each\n",
               steps.back(), stacks_bytes / 1024, stacks_bytes / static_cast<double>(steps.back()));
  }
  fmt::print("{:>8} connections  {:>8.0f} KiB private after a request on each, all answered\n",
             steps.back(), after_bytes / 1024);
  return missed ? 4 : 0;
}

int run(int argc, char** argv) {
  std::string model = "epoll";
  const option known[] = {{"model", required_argument, nullptr, 'm'},
                          {"help", no_argument, nullptr, 'h'},
                          {nullptr, 0, nullptr, 0}};
  for (int given = 0; (given = ::getopt_long(argc, argv, "m:h", known, nullptr)) != -1;) {
    if (given == 'h') {
      fmt::print("{}", usage);
      return 0;
    }
    if (given == '?') return 2;
    model = optarg;
  }
  const bool known_model = std::find(models.begin(), models.end(), model) != models.end();
  if (optind < argc || !known_model) {
    fmt::print(stderr, "idle: {}; --model {}\n",
               optind < argc ? "it takes a model and nothing else"
                             : fmt::format("'{}' does not hold 8,000 connections", model),
               fmt::join(models, ", "));
    return 2;
  }
  return measure(model);
}

}  // namespace
}  // namespace weir::bench

int main(int argc, char** argv) {
  try {
    return weir::bench::run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "idle: {}\n", error.what());
    return 1;
  }
}
