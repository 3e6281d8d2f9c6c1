#include "prices/child.hpp"

#include <cerrno>
#include <ctime>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "prices/probe.hpp"

namespace weir::prices {
namespace {

void reap(pid_t pid) {
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace

Child::Child(const std::function<void()>& task) {
  const pid_t parent = ::getpid();
  pid_ = checked(::fork(), "fork");
  if (pid_ != 0) return;
  ::signal(SIGINT, SIG_IGN);  // the parent is asked, and ends it
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  try {
    task();
  } catch (const std::exception&) {
    // whoever waits for it finds its end
  }
  ::_exit(1);
}

Child::~Child() {
  ::kill(pid_, SIGKILL);
  reap(pid_);
}

double Child::cpu_ns() const {
  clockid_t clock{};
  errno = ::clock_getcpuclockid(pid_, &clock);
  if (errno != 0) refused("clock_getcpuclockid");
  return clock_ns(clock);
}

void fork_and_wait() {
  const pid_t pid = checked(::fork(), "fork");
  if (pid == 0) ::_exit(0);
  reap(pid);
}

}  // namespace weir::prices
