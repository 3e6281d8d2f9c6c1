#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <linux/capability.h>
#include <linux/io_uring.h>
#include <optional>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <fmt/format.h>

#include "cli/checks.hpp"
#include "core/descriptor.hpp"

namespace weir::cli {
namespace {

using Level = Finding::Level;

constexpr unsigned ring_entries = 256;
constexpr rlim_t locked_least_bytes = 1 << 20;  // rings of that many entries, and of buffers

/// The error of io_uring_setup(2) for a ring of a usual size; 0: it works.
int ring_error() {
  io_uring_params parameters{};
  const Descriptor ring(static_cast<int>(::syscall(SYS_io_uring_setup, ring_entries, &parameters)));
  return ring ? 0 : errno;
}

int io_uring_disabled() {
  std::ifstream file("/proc/sys/kernel/io_uring_disabled");
  int value = 0;
  file >> value;
  return value;
}

Finding check_io_uring(int error) {
  Finding finding{Level::problem, "io_uring", "", "--model uring"};
  if (error == 0) return {Level::ok, "io_uring", "allowed, a ring can be set up"};
  if (error == ENOSYS) {
    finding.found = "this kernel has none";
    finding.way_out = "take --model epoll, or a kernel from 5.19 on";
  } else if (error == ENOMEM) {
    return {Level::note, "io_uring", "no memory for a ring: see locked memory"};
  } else if (error == EPERM && io_uring_disabled() != 0) {
    finding.found = fmt::format("forbidden: kernel.io_uring_disabled is {}", io_uring_disabled());
    finding.way_out = "take --model epoll, or sysctl kernel.io_uring_disabled=0";
  } else if (error == EPERM) {
    finding.found = "forbidden, as by a container's seccomp filter";
    finding.way_out =
        "take --model epoll, or run under a profile that allows io_uring_setup, io_uring_enter and "
        "io_uring_register";
  } else {
    finding.found = fmt::format("io_uring_setup fails: {}", std::strerror(error));
    finding.way_out = "take --model epoll";
  }
  return finding;
}

/// Whether this process may lock memory without a limit: capabilities(7).
bool may_lock_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with("CapEff:")) continue;
    const auto capabilities = std::stoull(line.substr(line.find(':') + 1), nullptr, 16);
    return (capabilities >> CAP_IPC_LOCK & 1) != 0;
  }
  return false;
}

// Which kernels count a ring against RLIMIT_MEMLOCK has changed twice (not from 5.12 on, again from
// about 6.14 on), so what counts is whether a ring could be had.
Finding check_locked_memory(int error) {
  rlimit limit{};
  ::getrlimit(RLIMIT_MEMLOCK, &limit);
  Finding finding{Level::ok, "locked memory", ""};
  if (limit.rlim_cur == RLIM_INFINITY) {
    finding.found = "no limit";
    return finding;
  }
  finding.found = fmt::format("{} KiB", limit.rlim_cur / 1024);
  if (error == ENOMEM) {
    finding.level = Level::problem;
    finding.found += ", too little for a ring of io_uring";
    finding.stops = "--model uring";
  } else if (limit.rlim_cur < locked_least_bytes) {
    finding.level = Level::note;
    finding.found += may_lock_memory() ? ", which doesn't bind with CAP_IPC_LOCK (as root)"
                                       : ", which this kernel doesn't count rings against";
    finding.stops = "--model uring where it binds: under another user or kernel";
  } else {
    finding.found += may_lock_memory() ? ", and CAP_IPC_LOCK, so it doesn't bind" : "";
    return finding;
  }
  finding.way_out = "ulimit -l 8192 (LimitMEMLOCK=8M in systemd, --ulimit memlock in docker)";
  return finding;
}

Finding check_epoll_pwait2() {
#ifdef SYS_epoll_pwait2
  epoll_event event{};
  const timespec now{};
  const Descriptor epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (::syscall(SYS_epoll_pwait2, epoll.get(), &event, 1, &now, nullptr, 0) == 0) {
    return {Level::ok, "epoll_pwait2", "there, so timers are exact"};
  }
  const std::string why = errno == ENOSYS ? "not in this kernel" : std::strerror(errno);
#else
  const std::string why = "not known where weir was built";
#endif
  return {Level::note, "epoll_pwait2", why,
          "the timers of --model epoll and fiber to whole milliseconds", "a kernel from 5.11 on"};
}

Finding check_reuse_port() {
  const Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0) {
    return {Level::ok, "SO_REUSEPORT", "there, so workers can have listeners of their own"};
  }
  return {Level::problem, "SO_REUSEPORT", std::strerror(errno), "--accept shard",
          "take --accept share"};
}

}  // namespace

std::vector<Finding> check_kernel() {
  utsname system{};
  ::uname(&system);
  const int error = ring_error();
  return {{Level::ok, "kernel", fmt::format("{} {}", system.sysname, system.release)},
          check_io_uring(error),
          check_locked_memory(error),
          check_epoll_pwait2(),
          check_reuse_port()};
}

}  // namespace weir::cli
