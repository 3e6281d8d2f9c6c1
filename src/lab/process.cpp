#include "lab/process.hpp"

#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdexcept>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

#include "lab/descriptor.hpp"

namespace weir::lab {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t error_bytes_max = std::size_t{1} << 20;
constexpr std::size_t output_bytes_max = std::size_t{64} << 20;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

struct Pipe {
  Descriptor read;
  Descriptor write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe");
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

std::vector<std::string> environment_with(
    const std::vector<std::pair<std::string, std::string>>& changes) {
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    bool replaced = false;
    for (const auto& [name, value] : changes) replaced |= text.rfind(name + "=", 0) == 0;
    if (!replaced) result.push_back(text);
  }
  for (const auto& [name, value] : changes) result.push_back(name + "=" + value);
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

// All that the child needs, made before fork(2): between fork and exec of a program with threads
// only async-signal-safe calls are allowed.
struct Child {
  std::vector<char*> argv;
  std::vector<char*> environment;
  cpu_set_t cpus;
  bool pinned;
  int input;
  int output;
  int error;
  int failure;
  pid_t parent;
};

[[noreturn]] void become(const Child& child) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != child.parent) _exit(127);  // the parent died before prctl took hold
  for (const int number : {SIGINT, SIGTERM, SIGPIPE, SIGHUP, SIGQUIT}) ::signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  bool ready = dup2(child.input, 0) == 0 && dup2(child.output, 1) == 1 && dup2(child.error, 2) == 2;
  if (child.pinned) ready = ready && sched_setaffinity(0, sizeof(child.cpus), &child.cpus) == 0;
  if (ready) execvpe(child.argv[0], child.argv.data(), child.environment.data());
  const int error = errno;
  const auto told = ::write(child.failure, &error, sizeof(error));
  _exit(told == static_cast<ssize_t>(sizeof(error)) ? 127 : 126);
}

int exit_code(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int milliseconds_left(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  return left < 0 ? 0 : static_cast<int>(std::min<long long>(left, 1'000'000'000));
}

}  // namespace

struct Process::State {
  pid_t pid = -1;
  Descriptor pidfd;
  Descriptor out;
  Descriptor error;
  Descriptor stop;  // an eventfd that ends the reader, even when a grandchild holds the pipes open
  std::optional<int> code;

  std::mutex mutex;
  std::condition_variable changed;
  std::string output_text;
  std::string error_text;
  bool output_ended = false;
  bool error_ended = false;
  std::thread reader;

  void read_pipes();
  bool take_chunk(int fd, std::string& text, std::size_t bytes_max);
  void reap() {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0) {
      if (errno != EINTR) fail("waitpid");
    }
    code = exit_code(status);
  }

  ~State() {
    if (pid > 0 && !code) {
      ::kill(-pid, SIGKILL);  // its whole group, so that children of its own don't outlive it
      int status = 0;
      while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
      }
    }
    if (reader.joinable()) {
      eventfd_write(stop.get(), 1);
      reader.join();
    }
  }
};

bool Process::State::take_chunk(int fd, std::string& text, std::size_t bytes_max) {
  std::array<char, 16384> chunk;
  const ssize_t count = ::read(fd, chunk.data(), chunk.size());
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return true;
  const std::lock_guard lock(mutex);
  if (count > 0) {
    text.append(chunk.data(), static_cast<std::size_t>(count));
    if (text.size() > bytes_max) text.erase(0, text.size() - bytes_max);
  }
  changed.notify_all();
  return count > 0;
}

void Process::State::read_pipes() {
  std::array<pollfd, 3> watched{pollfd{out.get(), POLLIN, 0}, pollfd{error.get(), POLLIN, 0},
                                pollfd{stop.get(), POLLIN, 0}};
  while (watched[0].fd >= 0 || watched[1].fd >= 0) {
    if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) break;
    if (watched[2].revents != 0) break;
    if (watched[0].revents != 0 && !take_chunk(out.get(), output_text, output_bytes_max)) {
      watched[0].fd = -1;
      const std::lock_guard lock(mutex);
      output_ended = true;
      changed.notify_all();
    }
    if (watched[1].revents != 0 && !take_chunk(error.get(), error_text, error_bytes_max)) {
      watched[1].fd = -1;
      const std::lock_guard lock(mutex);
      error_ended = true;
      changed.notify_all();
    }
  }
  const std::lock_guard lock(mutex);
  output_ended = error_ended = true;
  changed.notify_all();
}

Process::Process(std::unique_ptr<State> state) : state_(std::move(state)) {}
Process::Process(Process&&) noexcept = default;
Process& Process::operator=(Process&&) noexcept = default;
Process::~Process() = default;

Process Process::start(const std::vector<std::string>& argv) {
  return start(argv, {});
}

Process Process::start(const std::vector<std::string>& argv, const Options& options) {
  if (argv.empty()) throw std::invalid_argument("a process needs a command");
  Pipe output = make_pipe();
  Pipe error = make_pipe();
  Pipe failure = make_pipe();
  const Descriptor input(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!input) fail("/dev/null");
  std::vector<std::string> words = argv;
  std::vector<std::string> variables = environment_with(options.environment);
  Child child{pointers(words),       pointers(variables), {},
              !options.cpus.empty(), input.get(),         output.write.get(),
              error.write.get(),     failure.write.get(), getpid()};
  CPU_ZERO(&child.cpus);
  for (const int cpu : options.cpus) CPU_SET(static_cast<std::size_t>(cpu), &child.cpus);

  auto state = std::make_unique<State>();
  state->stop = Descriptor(eventfd(0, EFD_CLOEXEC));
  if (!state->stop) fail("eventfd");
  state->pid = fork();
  if (state->pid < 0) fail("fork");
  if (state->pid == 0) become(child);
  output.write.reset();
  error.write.reset();
  failure.write.reset();
  int reason = 0;
  if (::read(failure.read.get(), &reason, sizeof(reason)) == sizeof(reason)) {
    throw std::system_error(reason, std::generic_category(), "can't start " + argv[0]);
  }
  // glibc 2.36 declares pidfd_open without C linkage, so the call is made by number.
  state->pidfd = Descriptor(static_cast<int>(syscall(SYS_pidfd_open, state->pid, 0)));
  if (!state->pidfd) fail("pidfd_open");
  state->out = std::move(output.read);
  state->error = std::move(error.read);
  state->reader = std::thread([owner = state.get()] { owner->read_pipes(); });
  return Process(std::move(state));
}

pid_t Process::pid() const {
  return state_->pid;
}

std::optional<std::string> Process::read_error_line(std::chrono::milliseconds timeout) {
  std::unique_lock lock(state_->mutex);
  std::string& text = state_->error_text;
  state_->changed.wait_for(
      lock, timeout, [&] { return state_->error_ended || text.find('\n') != std::string::npos; });
  const std::size_t end = text.find('\n');
  if (end == std::string::npos && (!state_->error_ended || text.empty())) return std::nullopt;
  std::string line = text.substr(0, end);
  text.erase(0, end == std::string::npos ? end : end + 1);
  return line;
}

std::string Process::read_output_all() {
  std::unique_lock lock(state_->mutex);
  state_->changed.wait(lock, [&] { return state_->output_ended; });
  return std::exchange(state_->output_text, {});
}

std::optional<std::string> Process::read_output_for(std::chrono::milliseconds timeout) {
  std::unique_lock lock(state_->mutex);
  if (!state_->changed.wait_for(lock, timeout, [&] { return state_->output_ended; })) {
    return std::nullopt;
  }
  return std::exchange(state_->output_text, {});
}

std::string Process::take_errors() {
  const std::lock_guard lock(state_->mutex);
  return std::exchange(state_->error_text, {});
}

void Process::signal(int number) {
  if (!state_->code) ::kill(state_->pid, number);
}

int Process::wait() {
  if (!state_->code) state_->reap();
  return *state_->code;
}

std::optional<int> Process::wait_for(std::chrono::milliseconds timeout) {
  if (state_->code) return state_->code;
  const auto deadline = Clock::now() + timeout;
  pollfd end{state_->pidfd.get(), POLLIN, 0};
  int ready = 0;
  do {
    ready = ::poll(&end, 1, milliseconds_left(deadline));
  } while (ready < 0 && errno == EINTR);
  if (ready <= 0) return std::nullopt;
  state_->reap();
  return state_->code;
}

std::string last_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.substr(text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1);
}

}  // namespace weir::lab
