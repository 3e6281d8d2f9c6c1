#include "bench/executables.hpp"

#include <filesystem>
#include <stdexcept>

namespace weir::bench {

std::string executable(const std::string& name) {
  const auto own = std::filesystem::read_symlink("/proc/self/exe");
  const auto path = own.parent_path().parent_path() / name;
  if (!std::filesystem::exists(path)) {
    throw std::runtime_error(path.string() + " is missing; build it first: ./run build");
  }
  return path.string();
}

std::vector<std::string> serve_command(const std::string& model,
                                       const std::vector<std::string>& options) {
  std::vector<std::string> command{executable("weir"), "serve", "framed", "-l",
                                   "127.0.0.1:0",      "-m",    model};
  command.insert(command.end(), options.begin(), options.end());
  return command;
}

}  // namespace weir::bench
