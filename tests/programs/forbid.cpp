// forbid SYSCALL... -- COMMAND [ARGUMENT...]: runs COMMAND where the kernel answers EPERM to the
// named system calls, as a container's seccomp filter would. seccomp(2), bpf(4)
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <span>
#include <string_view>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

namespace {

struct SystemCall {
  std::string_view name;
  std::uint32_t number;
};

constexpr std::array<SystemCall, 6> known{{
    {"io_uring_setup", SYS_io_uring_setup},
    {"io_uring_enter", SYS_io_uring_enter},
    {"io_uring_register", SYS_io_uring_register},
    {"perf_event_open", SYS_perf_event_open},
    {"sched_setaffinity", SYS_sched_setaffinity},
    {"eventfd2", SYS_eventfd2},
}};

#if defined(__x86_64__)
constexpr std::uint32_t own_architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t own_architecture = AUDIT_ARCH_AARCH64;
#else
#error "name the AUDIT_ARCH of this machine"
#endif

constexpr sock_filter statement(std::uint16_t code, std::uint32_t value) {
  return {code, 0, 0, value};
}

constexpr sock_filter jump_if_equal(std::uint32_t value, std::uint8_t over,
                                    std::uint8_t otherwise) {
  return {BPF_JMP | BPF_JEQ | BPF_K, over, otherwise, value};
}

/// Gives `number` of a known name to `calls`; false when the name is none.
bool add(std::string_view name, std::vector<std::uint32_t>& calls) {
  for (const SystemCall& each : known) {
    if (each.name != name) continue;
    calls.push_back(each.number);
    return true;
  }
  return false;
}

std::vector<sock_filter> filter_of(std::span<const std::uint32_t> forbidden) {
  constexpr auto load = static_cast<std::uint16_t>(BPF_LD | BPF_W | BPF_ABS);
  constexpr auto give = static_cast<std::uint16_t>(BPF_RET | BPF_K);
  // The numbers mean something else under another architecture: there, all is allowed.
  std::vector<sock_filter> filter{
      statement(load, offsetof(seccomp_data, arch)), jump_if_equal(own_architecture, 1, 0),
      statement(give, SECCOMP_RET_ALLOW), statement(load, offsetof(seccomp_data, nr))};
  for (const std::uint32_t number : forbidden) {
    filter.push_back(jump_if_equal(number, 0, 1));
    filter.push_back(statement(give, SECCOMP_RET_ERRNO | EPERM));
  }
  filter.push_back(statement(give, SECCOMP_RET_ALLOW));
  return filter;
}

bool install(std::vector<sock_filter> filter) {
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::uint32_t> forbidden;
  int at = 1;
  for (; at < argc && std::string_view(argv[at]) != "--"; ++at) {
    if (add(argv[at], forbidden)) continue;
    std::fprintf(stderr, "forbid: it has no system call '%s' in its table\n", argv[at]);
    return 2;
  }
  if (forbidden.empty() || at + 1 >= argc) {
    std::fprintf(stderr, "usage: forbid SYSCALL... -- COMMAND [ARGUMENT...]\n");
    return 2;
  }
  if (!install(filter_of(forbidden))) {
    std::fprintf(stderr, "forbid: the filter can't be installed: %s\n", std::strerror(errno));
    return 126;
  }
  ::execvp(argv[at + 1], argv + at + 1);
  std::fprintf(stderr, "forbid: %s: %s\n", argv[at + 1], std::strerror(errno));
  return 127;
}
