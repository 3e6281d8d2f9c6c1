#include <charconv>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "lab/process.hpp"

namespace weir::lab {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t banner_lines_max = 100;

struct Address {
  std::string host;
  std::uint16_t port;
};

// What stands behind " on " up to a comma or a space, when it is HOST:PORT.
std::optional<Address> address_in(const std::string& line) {
  constexpr std::string_view before = " on ";
  for (std::size_t at = line.find(before); at != std::string::npos;
       at = line.find(before, at + 1)) {
    const std::size_t begin = at + before.size();
    const std::size_t end = line.find_first_of(", ", begin);
    const std::size_t colon = line.rfind(':', end);
    if (end == std::string::npos || colon == std::string::npos || colon <= begin) continue;
    Address address{line.substr(begin, colon - begin), 0};
    const char* last = line.data() + end;
    const auto [stopped, error] = std::from_chars(line.data() + colon + 1, last, address.port);
    if (error != std::errc() || stopped != last) continue;
    if (address.host.front() == '[') address.host = address.host.substr(1, address.host.size() - 2);
    return address;
  }
  return std::nullopt;
}

}  // namespace

Server start_server(const std::vector<std::string>& argv, const Process::Options& options,
                    std::chrono::milliseconds timeout) {
  Process process = Process::start(argv, options);
  const auto deadline = Clock::now() + timeout;
  std::string said;
  for (std::size_t lines = 0; lines < banner_lines_max; ++lines) {
    const auto line = process.read_error_line(
        std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()));
    if (!line) break;
    if (auto address = address_in(*line)) {
      return {std::move(process), std::move(address->host), address->port, *line};
    }
    said += said.empty() ? *line : "; " + *line;
  }
  throw std::runtime_error(argv[0] + " did not say where it listens" +
                           (said.empty() ? "" : ": " + said));
}

}  // namespace weir::lab
