#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <sys/resource.h>
#include <unistd.h>

#include <fmt/format.h>

#include "cli/checks.hpp"
#include "cli/compare.hpp"
#include "cli/serve.hpp"

namespace weir::cli {
namespace {

using Level = Finding::Level;

constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t connections_wished = 1000;  // what a small server ought to hold

/// The number in a file of the kernel's; no limit when there is none, or a word like `max`.
std::uint64_t number_in(const std::string& path) {
  std::ifstream file(path);
  std::uint64_t number = 0;
  return file >> number ? number : no_limit;
}

std::uint64_t of(rlim_t limit) {
  return limit == RLIM_INFINITY ? no_limit : limit;
}

std::string limit_text(std::uint64_t limit) {
  return limit == no_limit ? "no limit" : std::to_string(limit);
}

/// The largest load that the sweep of `weir compare` makes unless told otherwise.
std::uint64_t usual_load() {
  const CompareOptions usual;
  return *std::max_element(usual.connections.begin(), usual.connections.end());
}

/// Problem when the sweep can't make its usual load, note when a thousand connections can't be
/// had.
void judge(Finding& finding, std::uint64_t connections, const std::string& who) {
  if (connections >= connections_wished) return;
  finding.level = connections < usual_load() ? Level::problem : Level::note;
  finding.stops = fmt::format("{} beyond {} connections{}", who, connections,
                              finding.level == Level::problem
                                  ? fmt::format(" (compare --sweep makes {})", usual_load())
                                  : "");
}

Finding check_descriptors() {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  const std::uint64_t connections = Limits::default_connections_max();
  Finding finding{
      Level::ok, "descriptors",
      fmt::format("{} (hard limit {}): {} connections for a server", limit_text(of(files.rlim_cur)),
                  limit_text(of(files.rlim_max)), connections)};
  judge(finding, connections, "every model, and the load,");
  if (finding.level == Level::ok) return finding;
  finding.way_out =
      of(files.rlim_max) >= 2 * connections_wished
          ? fmt::format("ulimit -n {}",
                        limit_text(std::min<std::uint64_t>(of(files.rlim_max), 65536)))
          : "as root: ulimit -Hn 65536 && ulimit -n 65536 (LimitNOFILE=65536 in systemd, --ulimit "
            "nofile=65536 in docker)";
  return finding;
}

/// The least pids.max of this process's control groups, of either version: cgroups(7).
std::uint64_t cgroup_processes_max() {
  std::uint64_t least = no_limit;
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const std::size_t name = line.find(':') + 1;
    const std::size_t path = line.find(':', name) + 1;
    const std::string controllers = line.substr(name, path - 1 - name);
    const std::string root = controllers.empty() ? "/sys/fs/cgroup" : "/sys/fs/cgroup/pids";
    if (!controllers.empty() && controllers != "pids") continue;
    for (std::string at = line.substr(path); !at.empty(); at.resize(at.rfind('/'))) {
      least = std::min(least, number_in(fmt::format("{}{}/pids.max", root, at)));
    }
    least = std::min(least, number_in(root + "/pids.max"));
  }
  return least;
}

Finding check_threads() {
  rlimit processes{};
  ::getrlimit(RLIMIT_NPROC, &processes);
  const bool binds = ::geteuid() != 0;  // setrlimit(2): not those who may do as root
  const std::uint64_t per_user = binds ? of(processes.rlim_cur) : no_limit;
  const std::uint64_t of_all = number_in("/proc/sys/kernel/threads-max");
  const std::uint64_t of_group = cgroup_processes_max();
  const std::uint64_t least = std::min({per_user, of_all, of_group});
  Finding finding{Level::ok, "threads", fmt::format("{} threads and processes", limit_text(least))};
  judge(finding, least, "--model thread and fork");
  if (finding.level == Level::ok) return finding;
  finding.way_out = least == of_group
                        ? "raise pids.max of the control group (TasksMax= in systemd, "
                          "--pids-limit in docker)"
                    : least == per_user ? "ulimit -u 32768"
                                        : "sysctl kernel.threads-max=32768";
  return finding;
}

// mmap(2): a fiber's stack and the guard page below it are a map each.
Finding check_maps() {
  constexpr std::uint64_t maps_per_stack = 2;
  const std::uint64_t maps = number_in("/proc/sys/vm/max_map_count");
  Finding finding{Level::ok, "memory maps",
                  fmt::format("vm.max_map_count is {}: {} fibers", limit_text(maps),
                              limit_text(maps == no_limit ? maps : maps / maps_per_stack))};
  judge(finding, maps / maps_per_stack, "--model fiber");
  if (finding.level != Level::ok) finding.way_out = "sysctl vm.max_map_count=65530";
  return finding;
}

// listen(2): a longer backlog is silently cut to net.core.somaxconn.
Finding check_backlog() {
  const auto asked = static_cast<std::uint64_t>(ServeOptions{}.backlog);
  const std::uint64_t most = number_in("/proc/sys/net/core/somaxconn");
  Finding finding{Level::ok, "accept queue",
                  fmt::format("net.core.somaxconn is {}, --backlog {}", limit_text(most), asked)};
  if (most >= asked) return finding;
  finding.level = Level::note;
  finding.stops = fmt::format("bursts to {} connections at once, a later one tries again", most);
  finding.way_out = fmt::format("sysctl net.core.somaxconn={}", asked);
  return finding;
}

}  // namespace

std::vector<Finding> check_limits() {
  return {check_descriptors(), check_threads(), check_maps(), check_backlog()};
}

}  // namespace weir::cli
