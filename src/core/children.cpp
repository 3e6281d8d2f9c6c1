#include "core/children.hpp"

#include <atomic>
#include <cerrno>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/signals_blocked.hpp"

namespace weir {
namespace {

// The signal note: what the handler makes readable.
std::atomic<const EventCounter*> note{nullptr};

void on_child(int) {
  const int saved_errno = errno;
  if (const EventCounter* ended = note.load(std::memory_order_relaxed)) ended->add_one();
  errno = saved_errno;
}

}  // namespace

Children::Children() {
  note = &ended_;
  struct sigaction action {};
  action.sa_handler = on_child;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART | SA_NOCLDSTOP;
  ::sigaction(SIGCHLD, &action, &before_);
}

Children::~Children() {
  ::sigaction(SIGCHLD, &before_, nullptr);
  note = nullptr;
}

bool Children::start(const std::function<void()>& what) {
  // A signal for the child must not be taken for one of ours, as long as it has our handlers.
  const SignalsBlocked until_it_handles_them{SIGTERM, SIGINT, SIGALRM};
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) become(what, parent);
  if (child > 0) pids_.insert(child);
  return child > 0;
}

void Children::become(const std::function<void()>& what, pid_t parent) noexcept {
  ::signal(SIGCHLD, SIG_DFL);  // a session may have children of its own
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::raise(SIGTERM);  // it died before
  what();
  ::_exit(0);  // nothing of the parent's is undone or written twice
}

void Children::reap(const std::function<void(pid_t, int)>& crashed) {
  if (ended_.take() == 0) return;
  for (;;) {
    int status = 0;
    const pid_t child = ::waitpid(-1, &status, WNOHANG);
    if (child <= 0) return;  // waitpid(2): those that there are still run
    if (pids_.erase(child) > 0 && status != 0) crashed(child, status);
  }
}

void Children::signal_all(int number) const {
  for (const pid_t child : pids_) ::kill(child, number);
}

}  // namespace weir
