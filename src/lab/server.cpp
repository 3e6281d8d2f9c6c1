#include <regex>
#include <stdexcept>

#include "lab/process.hpp"

namespace weir::lab {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t banner_lines_max = 100;

}  // namespace

Server start_server(const std::vector<std::string>& argv, const Process::Options& options,
                    std::chrono::milliseconds timeout) {
  Process process = Process::start(argv, options);
  const std::regex address(" on ([^ ,]+):([0-9]+)[, ]");
  const auto deadline = Clock::now() + timeout;
  std::string said;
  for (std::size_t lines = 0; lines < banner_lines_max; ++lines) {
    const auto line = process.read_error_line(
        std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()));
    if (!line) break;
    std::smatch found;
    if (std::regex_search(*line, found, address)) {
      std::string host = found[1];
      if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
      const auto port = static_cast<std::uint16_t>(std::stoul(found[2]));
      return {std::move(process), std::move(host), port, *line};
    }
    said += said.empty() ? *line : "; " + *line;
  }
  throw std::runtime_error(argv[0] + " did not say where it listens" +
                           (said.empty() ? "" : ": " + said));
}

}  // namespace weir::lab
