#include "cli/against.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include <fmt/format.h>

#include "cli/failure.hpp"
#include "lab/experiment.hpp"
#include "lab/external.hpp"
#include "lab/machine.hpp"

namespace weir::cli {
namespace {

constexpr std::chrono::seconds answer_timeout{5};

/// One request by one client; empty: it was answered as it should be.
std::string fault_of_answer(const lab::Server& server, const lab::CompareOptions& experiment) {
  const std::string target =
      fmt::format("{}://{}:{}", experiment.protocol, server.host, server.port);
  lab::Process load = lab::Process::start(
      {experiment.weir, "load", target, "-c", "1", "-n", "1", "-d", "3s", "-q", "--json", "-"});
  const auto code = load.wait_for(answer_timeout);
  if (code && *code == done) return "";
  std::string said = load.take_errors();
  while (!said.empty() && said.back() == '\n') said.pop_back();
  const std::string mark = "weir: ";
  const std::size_t at = said.rfind(mark);
  if (at != std::string::npos) said = said.substr(at + mark.size());
  return said.empty() ? "it doesn't answer" : said;
}

}  // namespace

Against parse_against(const std::string& word) {
  const std::size_t equals = word.find('=');
  const std::string name = word.substr(0, equals);
  if (equals == std::string::npos || name.empty() || name.find(' ') != std::string::npos) {
    throw std::invalid_argument(
        fmt::format("'{}' has no name; write for example node='node server.js {{port}}'", word));
  }
  const std::string command = word.substr(equals + 1);
  if (command.find(lab::port_mark) == std::string::npos) {
    throw std::invalid_argument(
        fmt::format("the command of {} doesn't say where its port goes; put {{port}} there", name));
  }
  return {name, command};
}

std::string fault_of(const Against& against, const lab::CompareOptions& experiment) {
  try {
    lab::Server server =
        lab::start_external(against.command, {lab::describe_machine().server_cpus, {}});
    const std::string fault = fault_of_answer(server, experiment);
    lab::end_external(server);
    if (fault.empty()) return "";
    return fmt::format("it doesn't answer as a server of {} does: {}", experiment.protocol, fault);
  } catch (const std::exception& error) {
    return error.what();
  }
}

void add_against(lab::CompareOptions& experiment, const std::vector<Against>& all) {
  for (const Against& each : all) {
    const bool taken =
        std::any_of(experiment.contestants.begin(), experiment.contestants.end(),
                    [&each](const lab::Contestant& other) { return other.name == each.name; });
    if (taken) {
      throw Failure(wrong_usage, fmt::format("--against: there is a contestant {} already; give it "
                                             "another name",
                                             each.name));
    }
    experiment.contestants.push_back({each.name, {}, each.command});
  }
}

}  // namespace weir::cli
