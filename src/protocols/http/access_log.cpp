#include "http/access_log.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <system_error>
#include <unistd.h>

namespace weir::http {
namespace {

constexpr std::size_t pipe_bytes =
    1024 * 1024;  // some 5,000 lines; the most that anybody may have, usually
constexpr std::size_t read_bytes = 64 * 1024;
constexpr auto nap =
    std::chrono::milliseconds(5);  // lines come together: a wake-up for each is dear
constexpr Duration telling_pause = std::chrono::seconds(10);
constexpr Duration last_patience = std::chrono::seconds(1);

std::int64_t now_ns() {
  return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

/// Into the server's own log.
void tell(const std::string& text) {
  const std::string line = "weir: the access log " + text + '\n';
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

std::uint64_t count_lines(std::string_view lines) {
  return static_cast<std::uint64_t>(std::count(lines.begin(), lines.end(), '\n'));
}

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::system_category(), what);
  return result;
}

}  // namespace

/// What sessions and the thread meet at.
struct AccessLog::Ends {
  Ends() {
    std::array<int, 2> ends{};
    checked(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), "pipe2");
    from = ends[0];
    to = ends[1];
    ::fcntl(to, F_SETPIPE_SZ,
            static_cast<int>(pipe_bytes));  // or what it has: the bound is lower then
    closing = checked(::eventfd(0, EFD_CLOEXEC), "eventfd");
    sigset_t hang_up;
    sigemptyset(&hang_up);
    sigaddset(&hang_up, SIGHUP);
    ::pthread_sigmask(SIG_BLOCK, &hang_up, nullptr);
    signals = checked(::signalfd(-1, &hang_up, SFD_CLOEXEC | SFD_NONBLOCK), "signalfd");
    void* const memory =
        ::mmap(nullptr, sizeof *dropped, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::system_error(errno, std::system_category(), "mmap");
    dropped = new (memory) std::atomic<std::uint64_t>(0);
  }
  ~Ends() {
    for (const int fd : {from, to, closing, signals}) ::close(fd);
    ::munmap(dropped, sizeof *dropped);
  }
  Ends(const Ends&) = delete;
  Ends& operator=(const Ends&) = delete;

  int from = -1;
  int to = -1;
  int closing = -1;
  int signals = -1;
  std::atomic<std::uint64_t>* dropped = nullptr;  // in all processes together
};

AccessLog::AccessLog(const std::string& path, LogFormat format)
    : format_(format),
      file_(path),
      ends_(std::make_unique<Ends>()),
      lines_(new char[read_bytes + log_line_bytes_max]) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);  // the thread is not to be sent any
  writer_ = std::thread([this] { write_all(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

AccessLog::~AccessLog() {
  ::eventfd_write(ends_->closing, 1);
  writer_.join();
}

void AccessLog::append(std::string_view lines) const noexcept {
  while (!lines.empty()) {
    std::size_t size = lines.size();
    if (size > log_line_bytes_max) size = lines.rfind('\n', log_line_bytes_max - 1) + 1;
    assert(size > 0);
    hand_over(lines.substr(0, size));
    lines.remove_prefix(size);
  }
}

void AccessLog::hand_over(std::string_view lines) const noexcept {
  if (::write(ends_->to, lines.data(), lines.size()) < 0) {
    ends_->dropped->fetch_add(count_lines(lines), std::memory_order_relaxed);
  }
}

// --- in the thread

void AccessLog::write_all() {
  std::array<pollfd, 3> watched{pollfd{ends_->from, POLLIN, 0}, pollfd{ends_->signals, POLLIN, 0},
                                pollfd{ends_->closing, POLLIN, 0}};
  bool told = true;
  for (bool closing = false; !closing;) {
    ::poll(watched.data(), watched.size(), told ? -1 : 1000);
    closing = watched[2].revents != 0;
    const bool reopen = watched[1].revents != 0;
    write_what_has_come();  // and so to the old file what was answered before
    if (reopen) open_anew();
    told = tell_of_lost(closing);
    if (!closing) std::this_thread::sleep_for(nap);
  }
}

void AccessLog::open_anew() {
  signalfd_siginfo signal{};
  while (::read(ends_->signals, &signal, sizeof signal) > 0) continue;
  if (!file_.reopen()) tell("can't be opened anew: " + std::string(std::strerror(errno)));
}

/// As much as the pipe can hold, so that others get their turn.
void AccessLog::write_what_has_come() {
  for (std::size_t i = 0; i < pipe_bytes / read_bytes && take(); ++i) {
    const std::string_view lines(lines_.get(), lines_bytes_);
    const std::size_t whole = lines.rfind('\n') + 1;
    lost_ += file_.write(lines.substr(0, whole), [this] { return gives_up(); });
    lines_bytes_ -= whole;
    std::memmove(lines_.get(), lines_.get() + whole, lines_bytes_);
  }
}

/// Reads lines; what a read has cut is left for the next. False: there are none.
bool AccessLog::take() {
  const ssize_t size = ::read(ends_->from, lines_.get() + lines_bytes_, read_bytes);
  if (size > 0) lines_bytes_ += static_cast<std::size_t>(size);
  return size > 0;
}

bool AccessLog::gives_up() {
  if (give_up_ns_ == 0) {
    pollfd closing{ends_->closing, POLLIN, 0};
    if (::poll(&closing, 1, 0) <= 0) return false;
    give_up_ns_ = now_ns() + last_patience.count();
  }
  return now_ns() >= give_up_ns_;
}

/// Now and then, lest a log be filled by the lines that another has lost. False: there is more to tell.
bool AccessLog::tell_of_lost(bool last) {
  const std::uint64_t lost = lost_ + ends_->dropped->load(std::memory_order_relaxed);
  const std::int64_t now = now_ns();
  if (lost == told_) return true;
  if (!last && now < tell_again_ns_) return false;
  tell("has lost " + std::to_string(lost - told_) + " lines that there was no room for");
  told_ = lost;
  tell_again_ns_ = now + telling_pause.count();
  return true;
}

}  // namespace weir::http
