#include "http/log_file.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <climits>

namespace weir::http {
namespace {

constexpr int look_again_ms = 50;

/// A pipe that nobody reads is no place for a log, and must not hold up the start: fifo(7).
int open_path(const std::string& path) {
  if (path == "-") return ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  return ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640);
}

}  // namespace

LogFile::LogFile(std::string path) : path_(std::move(path)), fd_(open_path(path_)) {
  if (fd_ < 0) throw std::system_error(errno, std::system_category(), path_);
  find_out_kind();
}

LogFile::~LogFile() {
  ::close(fd_);
}

void LogFile::find_out_kind() {
  struct stat about {};
  regular_ = ::fstat(fd_, &about) == 0 && S_ISREG(about.st_mode);
}

bool LogFile::reopen() {
  const int fd = open_path(path_);
  if (fd < 0) return false;
  ::close(std::exchange(fd_, fd));
  find_out_kind();
  return true;
}

bool LogFile::has_room(const std::function<bool()>& give_up) const {
  pollfd watched{fd_, POLLOUT, 0};
  while (::poll(&watched, 1, 0) <= 0) {
    if (give_up()) return false;
    ::poll(&watched, 1, look_again_ms);
  }
  return true;
}

std::uint64_t LogFile::write(std::string_view lines, const std::function<bool()>& give_up) {
  std::uint64_t lost = 0;
  while (!lines.empty()) {
    // A pipe that has room has it for so much.
    std::size_t size = regular_ ? lines.size() : std::min<std::size_t>(lines.size(), PIPE_BUF);
    if (const std::size_t end = lines.rfind('\n', size - 1); end != lines.npos) size = end + 1;
    const bool room = regular_ || has_room(give_up);
    const ssize_t written = room ? ::write(fd_, lines.data(), size) : -1;
    if (written < 0 && room && (errno == EINTR || errno == EAGAIN)) continue;
    // What a full disk has cut is lost with its line's end; the next begins a line of its own.
    const std::size_t taken = written < 0 ? 0 : static_cast<std::size_t>(written);
    if (taken < size) {
      const std::string_view rest = lines.substr(taken, size - taken);
      lost += static_cast<std::uint64_t>(std::count(rest.begin(), rest.end(), '\n'));
      if (taken > 0 && lines[taken - 1] != '\n') {
        [[maybe_unused]] const ssize_t ended = ::write(fd_, "\n", 1);
      }
    }
    lines.remove_prefix(size);
  }
  return lost;
}

}  // namespace weir::http
