// Where the programs are that a benchmark starts.
#pragma once

#include <string>
#include <vector>

namespace weir::bench {

/// Returns the path of an executable of the same build, `name` counted from the build's directory:
/// "weir", "by_hand/epoll". The benchmark itself lies in bench/ (proc(5), /proc/self/exe). Throws
/// std::runtime_error when it isn't there.
std::string executable(const std::string& name);

/// Returns the command of `weir serve framed` under `model`, on a port of the kernel's choice, with
/// further options.
std::vector<std::string> serve_command(const std::string& model,
                                       const std::vector<std::string>& options);

}  // namespace weir::bench
