#include "bench/counts.hpp"

#include <array>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <thread>

#include <fmt/format.h>

#include "bench/framed_client.hpp"
#include "lab/process.hpp"

namespace weir::bench {
namespace {

using std::chrono::seconds;

constexpr seconds start_timeout{60};  // under valgrind everything takes fifty times as long
constexpr seconds drain_timeout{60};
constexpr double disagreement_max = 0.01;
// Before each request. Valgrind makes a server so slow that the next one would be there before it
// has begun to wait, which no server sees of a closed loop: what a wait costs would not be counted.
constexpr std::chrono::milliseconds pause{1};

// A directory that goes with its owner.
class Scratch {
 public:
  Scratch() : path_((std::filesystem::temp_directory_path() / "weir-counts-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) {
      throw std::system_error(errno, std::system_category(), "mkdtemp " + path_);
    }
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Every process of the server has written a file.
double total_in(const std::string& directory) {
  double total = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      if (line.rfind("totals: ", 0) == 0) total += std::strtod(line.c_str() + 8, nullptr);
    }
  }
  if (total == 0) throw std::runtime_error("callgrind wrote no totals");
  return total;
}

// Why the server failed: where valgrind knows no system call of it, that is likelier than
// `failure`.
std::string cause(const std::string& failure, const std::string& said) {
  const std::size_t at = said.find("unhandled");
  if (at == std::string::npos) return failure;
  return fmt::format("{} (under valgrind: {})", failure, said.substr(at, said.find('\n', at) - at));
}

void make_requests(lab::Server& server, std::size_t requests) {
  FramedClient client(server.port);
  for (std::size_t i = 0; i < requests; ++i) {
    std::this_thread::sleep_for(pause);
    client.exchange();
  }
  client.finish();
  server.process.signal(SIGTERM);
  const auto code = server.process.wait_for(drain_timeout);
  if (!code) throw std::runtime_error("the server did not drain under valgrind");
  if (*code != 0) throw std::runtime_error(fmt::format("the server ended with code {}", *code));
}

double instructions(const std::vector<std::string>& command, const std::string& function,
                    std::size_t requests) {
  const Scratch scratch;
  std::vector<std::string> argv{"valgrind", "--quiet", "--tool=callgrind",
                                "--callgrind-out-file=" + scratch.path() + "/%p"};
  if (!function.empty()) argv.push_back("--toggle-collect=" + function);
  argv.insert(argv.end(), command.begin(), command.end());
  lab::Server server = lab::start_server(argv, {}, start_timeout);
  try {
    make_requests(server, requests);
  } catch (const std::exception& error) {
    throw std::runtime_error(cause(error.what(), server.process.take_errors()));
  }
  return total_in(scratch.path());
}

}  // namespace

lab::Figure instructions_per_request(const std::vector<std::string>& command,
                                     const CountOptions& options) {
  try {
    std::array<double, 3> totals{};
    for (std::size_t i = 0; i < totals.size(); ++i) {
      totals[i] = instructions(command, options.function, options.requests * (i + 1));
    }
    const double first_half = totals[1] - totals[0];
    const double second_half = totals[2] - totals[1];
    if (first_half <= 0) return lab::Figure::missing("nothing was counted");
    if (std::abs(second_half / first_half - 1) > disagreement_max) {
      return lab::Figure::missing(
          fmt::format("the runs disagree: {:.0f} and {:.0f} for {} requests", first_half,
                      second_half, options.requests));
    }
    return (first_half + second_half) / static_cast<double>(2 * options.requests);
  } catch (const std::system_error& error) {
    if (error.code().value() != ENOENT) return lab::Figure::missing(error.what());
    return lab::Figure::missing("valgrind is not installed (apt-get install valgrind)");
  } catch (const std::exception& error) {
    return lab::Figure::missing(error.what());
  }
}

}  // namespace weir::bench
