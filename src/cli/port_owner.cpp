#include "cli/port_owner.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include <fmt/format.h>

namespace weir::cli {
namespace {

/// The inodes of the sockets that listen on `port`, as links in /proc/PID/fd name them.
std::set<std::string> listening_sockets(std::uint16_t port) {
  constexpr const char* listening = "0A";
  std::set<std::string> links;
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream file(table);
    std::string line;
    while (std::getline(file, line)) {
      std::istringstream fields(line);
      std::string slot, local, remote, state, queues, timer, retransmits, uid, timeout, inode;
      fields >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> uid >>
          timeout >> inode;
      if (state == listening && local.ends_with(fmt::format(":{:04X}", port))) {
        links.insert(fmt::format("socket:[{}]", inode));
      }
    }
  }
  return links;
}

}  // namespace

std::optional<pid_t> port_owner(std::uint16_t port) {
  namespace fs = std::filesystem;
  const std::set<std::string> wanted = listening_sockets(port);
  if (port == 0 || wanted.empty()) return std::nullopt;
  std::error_code error;  // processes end, and other users' may not be looked at
  for (const fs::directory_entry& process : fs::directory_iterator("/proc", error)) {
    const int pid = std::atoi(process.path().filename().c_str());
    if (pid <= 0) continue;
    for (const fs::directory_entry& fd : fs::directory_iterator(process.path() / "fd", error)) {
      const fs::path link = fs::read_symlink(fd.path(), error);
      if (!error && wanted.contains(link.string())) return pid;
    }
  }
  return std::nullopt;
}

}  // namespace weir::cli
