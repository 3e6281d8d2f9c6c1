#include "core/supervisor.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "core/poll_until.hpp"
#include "core/signals_blocked.hpp"

namespace weir {
namespace {

// A server whose workers die as they are started has a fault that no restart will mend.
constexpr std::size_t crashes_max = 5;
constexpr Duration crashes_window = std::chrono::minutes(1);
constexpr Duration start_pause = std::chrono::seconds(1);      // after one couldn't be started
constexpr Duration force_patience = std::chrono::seconds(10);  // for a session that computes on

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) return fmt::format("was ended by signal {}", WTERMSIG(status));
  return fmt::format("ended with exit code {}", WEXITSTATUS(status));
}

}  // namespace

Supervisor::Supervisor(Stop& stop, Plan plan) : stop_(stop), plan_(std::move(plan)) {
  for (std::uint32_t i = 0; i < plan_.processes; ++i) processes_.push_back({.index = i});
}

std::optional<std::string> Supervisor::run() {
  ::signal(SIGCHLD, SIG_DFL);  // it may be inherited as ignored, and then there is nothing to reap
  const SignalsBlocked read_as_file{SIGCHLD};
  sigset_t child_signals;
  sigemptyset(&child_signals);
  sigaddset(&child_signals, SIGCHLD);
  child_signals_ = Descriptor(::signalfd(-1, &child_signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!child_signals_) throw std::system_error(errno, std::system_category(), "signalfd");

  for (Process& process : processes_) start(process);
  while (any_left()) {
    wait();
    plan_.told();
    reap();
    if (stop_.requested()) drain();
  }
  return failure_;
}

void Supervisor::start(Process& process) {
  // A signal for the child must not be taken for one of ours, as long as it has our handlers.
  const SignalsBlocked until_it_handles_them{SIGTERM, SIGINT, SIGALRM};
  const pid_t supervisor = ::getpid();
  process.pid = ::fork();
  if (process.pid == 0) become(process, supervisor);
  if (process.pid > 0) return;
  const std::string what =
      fmt::format("{} can't be started: {}", plan_.name(process.index), std::strerror(errno));
  process.pid = 0;
  process.start_at = Clock::now() + start_pause;
  plan_.log.line(what);
  count_crash(what);
}

void Supervisor::become(const Process& process, pid_t supervisor) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != supervisor) std::_Exit(0);  // it died before
  child_signals_.reset();
  sigset_t child_signals;
  sigemptyset(&child_signals);
  sigaddset(&child_signals, SIGCHLD);
  ::pthread_sigmask(SIG_UNBLOCK, &child_signals, nullptr);
  int code = 1;
  try {
    code = plan_.process(process.index);
  } catch (const std::exception& error) {
    plan_.log.line(fmt::format("{} failed: {}", plan_.name(process.index), error.what()));
  }
  // Not by returning: what is on the stack belongs to the supervisor.
  std::exit(code);
}

bool Supervisor::any_left() const {
  return std::any_of(processes_.begin(), processes_.end(),
                     [this](const Process& process) { return process.pid != 0 || !draining_; });
}

void Supervisor::wait() {
  std::vector<pollfd> watched{{child_signals_.get(), POLLIN, 0}, {told_.fd(), POLLIN, 0}};
  if (!draining_) watched.push_back({stop_.requested_fd(), POLLIN, 0});
  if (!forced_) watched.push_back({stop_.forced_fd(), POLLIN, 0});
  Time limit = std::min(force_at_, kill_at_);
  for (const Process& process : processes_) {
    if (process.pid == 0 && !draining_) limit = std::min(limit, process.start_at);
  }
  poll_until(watched, limit);
  signalfd_siginfo signals[8];
  while (::read(child_signals_.get(), signals, sizeof signals) > 0) continue;
  told_.take();
}

void Supervisor::reap() {
  for (Process& process : processes_) {
    int status = 0;
    if (process.pid != 0 && ::waitpid(process.pid, &status, WNOHANG) == process.pid) {
      on_end(process, status);
    } else if (process.pid == 0 && !stop_.requested() && Clock::now() >= process.start_at) {
      start(process);
    }
  }
}

void Supervisor::on_end(Process& process, int status) {
  const pid_t pid = std::exchange(process.pid, 0);
  const bool drained = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  plan_.ended(process.index);
  const std::string what = fmt::format("{} (pid {}) {}", plan_.name(process.index), pid,
                                       drained ? "was asked to end" : how_it_ended(status));
  if (stop_.requested()) {
    if (!drained) failure_ = what;
    return;
  }
  if (!drained) count_crash(what);
  if (stop_.requested()) return;
  start(process);
  if (process.pid > 0) plan_.log.line(fmt::format("{}; restarted as pid {}", what, process.pid));
}

void Supervisor::count_crash(const std::string& what) {
  const Time now = Clock::now();
  crashes_.push_back(now);
  while (now - crashes_.front() > crashes_window) crashes_.pop_front();
  if (crashes_.size() < crashes_max || stop_.requested()) return;
  failure_ =
      fmt::format("the server ended after {} crashes of workers within a minute, the last: {}",
                  crashes_max, what);
  stop_.request();
}

void Supervisor::drain() {
  const Time now = Clock::now();
  if (!std::exchange(draining_, true)) {
    plan_.drains();
    signal_all(SIGTERM);
    force_at_ = after(now, plan_.drain_timeout);
  }
  if (!forced_ && (stop_.forced() || now >= force_at_)) {
    forced_ = true;
    force_at_ = never;
    kill_at_ = now + force_patience;
    signal_all(SIGALRM);
  }
  if (now >= kill_at_) {
    kill_at_ = never;
    signal_all(SIGKILL);
  }
}

void Supervisor::signal_all(int number) {
  for (const Process& process : processes_) {
    if (process.pid != 0) ::kill(process.pid, number);
  }
}

}  // namespace weir
