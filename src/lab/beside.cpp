#include "lab/beside.hpp"

#include <csignal>
#include <stdexcept>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>

#include "lab/meter.hpp"

namespace weir::lab {
namespace {

std::string address_of(const Server& server) {
  return fmt::format("{}:{}", server.host, server.port);
}

/// A relay in front of the server, where the loads are, so that it takes nothing from the server.
Server start_relay(const CompareOptions& options, const Machine& machine, const Server& server,
                   const std::vector<std::string>& words) {
  std::vector<std::string> argv{options.weir,       "serve", "relay",      "--to",
                                address_of(server), "-l",    "127.0.0.1:0"};
  argv.insert(argv.end(), words.begin(), words.end());
  return start_server(argv, {machine.generator_cpus, {}});
}

double cpu_ns_of(const Process& process) {
  return ProcessMeter(process.pid()).times().cpu_ns.value_or(0);
}

}  // namespace

std::vector<std::string> load_command(const CompareOptions& options, const Server& server) {
  return {options.weir, "load", fmt::format("{}://{}", options.protocol, address_of(server))};
}

Beside::Beside(const CompareOptions& options, const Machine& machine, const Server& server)
    : begin_(std::chrono::steady_clock::now()) {
  for (const BesideLoad& load : options.beside) {
    std::this_thread::sleep_until(begin_ + load.after);
    const Server* target = &server;
    if (!load.through.empty()) {
      target = &relays_.emplace_back(start_relay(options, machine, server, load.through));
    }
    std::vector<std::string> words = load_command(options, *target);
    words.insert(words.end(), load.words.begin(), load.words.end());
    loads_.push_back(Process::start(words, {machine.generator_cpus, {}}));
  }
}

double Beside::cpu_share() const {
  double used_ns = 0;
  for (const Server& relay : relays_) used_ns += cpu_ns_of(relay.process);
  for (const Process& load : loads_) used_ns += cpu_ns_of(load);
  const std::chrono::duration<double, std::nano> passed = std::chrono::steady_clock::now() - begin_;
  return used_ns / (passed.count() * static_cast<double>(::sysconf(_SC_NPROCESSORS_ONLN)));
}

void Beside::end() {
  constexpr int failed = 1;
  constexpr int wrong_usage = 2;
  for (Process& load : loads_) load.signal(SIGINT);
  for (Process& load : loads_) {
    const auto code = load.wait_for(drain_timeout);
    if (!code) throw std::runtime_error("a load beside did not end when asked to");
    if (*code != failed && *code != wrong_usage) continue;  // what befell it there is its affair
    throw std::runtime_error("a load beside: " + last_line(load.take_errors()));
  }
}

}  // namespace weir::lab
