#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <linux/perf_event.h>
#include <optional>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "lab/meter.hpp"
#include "lab/process_tree.hpp"

namespace weir::lab {
namespace {

constexpr const char* event_path = "/events/raw_syscalls/sys_enter/id";
constexpr const char* private_path = "/sys/kernel/tracing/events/raw_syscalls/sys_enter/id";

std::optional<std::uint64_t> mounted_id() {
  for (const char* place : {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"}) {
    std::ifstream file(std::string(place) + event_path);
    std::uint64_t id = 0;
    if (file >> id) return id;
  }
  return std::nullopt;
}

// Runs in a child of our own with its own view of the mounts, so the machine's stay as they were.
// Only async-signal-safe calls: the parent may have threads.
[[noreturn]] void tell_id(int told) {
  if (unshare(CLONE_NEWNS) != 0) _exit(1);
  if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) _exit(1);
  if (mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, nullptr) != 0) _exit(1);
  const int file = open(private_path, O_RDONLY | O_CLOEXEC);
  std::array<char, 32> text{};
  const ssize_t count = file < 0 ? -1 : read(file, text.data(), text.size());
  if (count <= 0) _exit(1);
  _exit(write(told, text.data(), static_cast<std::size_t>(count)) == count ? 0 : 1);
}

std::optional<std::uint64_t> privately_mounted_id() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
  const Descriptor in(ends[0]);
  Descriptor out(ends[1]);
  const pid_t child = fork();
  if (child < 0) return std::nullopt;
  if (child == 0) tell_id(out.get());
  out.reset();
  std::array<char, 32> text{};
  const ssize_t count = read(in.get(), text.data(), text.size() - 1);
  while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  if (count <= 0) return std::nullopt;
  return std::strtoull(text.data(), nullptr, 10);
}

std::optional<std::uint64_t> tracepoint_id() {
  if (const auto id = mounted_id()) return id;
  return privately_mounted_id();
}

Descriptor open_counter(pid_t thread, std::uint64_t tracepoint) {
  perf_event_attr attributes{};
  attributes.size = sizeof(attributes);
  attributes.type = PERF_TYPE_TRACEPOINT;
  attributes.config = tracepoint;
  attributes.inherit = 1;
  return Descriptor(static_cast<int>(
      syscall(SYS_perf_event_open, &attributes, thread, -1, -1, PERF_FLAG_FD_CLOEXEC)));
}

}  // namespace

SyscallCounter::SyscallCounter(pid_t pid) {
  const auto id = tracepoint_id();
  if (!id) {
    reason_ = "the tracepoint raw_syscalls:sys_enter can't be read (root is needed)";
    return;
  }
  std::vector<pid_t> threads;
  for (const TreeProcess& process : tree_of(pid)) {
    for (const pid_t thread : threads_of(process.pid)) threads.push_back(thread);
  }
  for (const pid_t thread : threads) {
    Descriptor counter = open_counter(thread, *id);
    if (counter) {
      counters_.push_back(std::move(counter));
    } else if (errno != ESRCH) {  // ESRCH: the thread ended meanwhile
      reason_ = fmt::format("perf_event_open: {}", std::strerror(errno));
      counters_.clear();
      return;
    }
  }
  if (counters_.empty()) reason_ = fmt::format("process {} is gone", pid);
}

Figure SyscallCounter::count() const {
  if (!reason_.empty()) return Figure::missing(reason_);
  std::uint64_t total = 0;
  for (const Descriptor& counter : counters_) {
    std::uint64_t calls = 0;
    if (read(counter.get(), &calls, sizeof(calls)) != sizeof(calls)) {
      return Figure::missing(fmt::format("reading a perf counter: {}", std::strerror(errno)));
    }
    total += calls;
  }
  return static_cast<double>(total);
}

}  // namespace weir::lab
