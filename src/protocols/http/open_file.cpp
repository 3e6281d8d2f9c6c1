#include "http/open_file.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace weir::http {
namespace {

// How old a change has to be before no other can hide behind the same time: file systems write it
// down a tick late, and some of them in whole seconds.
constexpr std::int64_t settled_ns = 2'000'000'000;

int open_beneath(int directory, const char* path) {
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;  // a FIFO without a writer is no wait
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, directory, path, &how, sizeof how));
}

bool is_shortage(int error) {
  return error == EMFILE || error == ENFILE || error == ENOMEM;
}

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

void append_hex(std::string& text, std::uint64_t number) {
  std::array<char, 16> digits;
  const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  text.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

Validators validators_of(const struct stat& status) {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  const std::int64_t modified_ns = nanoseconds(status.st_mtim);
  std::string etag = nanoseconds(now) - modified_ns < settled_ns ? "W/\"" : "\"";
  append_hex(etag, static_cast<std::uint64_t>(modified_ns));
  etag += '-';
  append_hex(etag, static_cast<std::uint64_t>(status.st_size));
  etag += '"';
  return {etag, status.st_mtim.tv_sec};
}

/// Reads it, and closes it. False: it has shrunk meanwhile, or can't be read.
bool take_into_memory(OpenFile& file) {
  file.content.resize(file.size);
  std::size_t read = 0;
  while (read < file.size) {
    const ssize_t count =
        ::pread(file.fd, file.content.data() + read, file.size - read, static_cast<off_t>(read));
    if (count <= 0) return false;
    read += static_cast<std::size_t>(count);
  }
  ::close(std::exchange(file.fd, -1));
  return true;
}

int opened_directory(const std::string& path) {
  const int fd = ::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::system_category(), path);
  const int self = open_beneath(fd, ".");
  const int error = errno;
  if (self >= 0) ::close(self);
  if (self >= 0 || error == EACCES) return fd;  // one that may be entered, and not listed
  ::close(fd);
  throw std::system_error(error, std::system_category(), "openat2 " + path);
}

}  // namespace

OpenFile::~OpenFile() {
  if (fd >= 0) ::close(fd);
}

Directory::Directory(const std::string& path, Duration good_for)
    : fd_(opened_directory(path)), good_for_(good_for) {}

Directory::~Directory() {
  ::close(fd_);
}

Found Directory::find(const std::string& path) const {
  if (good_for_ == Duration(0)) return open(path);
  const Time now = Clock::now();
  {
    const std::scoped_lock guard(lock_);
    const auto known = known_.find(path);
    if (known != known_.end() && now < known->second.until) return known->second.found;
  }
  Found found = open(path);
  if (found.kind == Found::Kind::shortage) {
    forget_all();  // what is kept may be what is short
    found = open(path);
  }
  if (found.kind == Found::Kind::shortage) return found;
  const std::scoped_lock guard(lock_);
  if (now >= sweep_at_) {
    std::erase_if(known_, [now](const auto& each) { return each.second.until <= now; });
    sweep_at_ = after(now, good_for_);
  }
  if (known_.size() >= known_max) known_.clear();
  known_[path] = {found, after(now, good_for_)};
  return found;
}

void Directory::forget_all() const {
  const std::scoped_lock guard(lock_);
  known_.clear();
}

Found Directory::open(const std::string& path) const {
  const auto file = std::make_shared<OpenFile>();
  file->fd = open_beneath(fd_, path.empty() ? "." : path.c_str());
  if (file->fd < 0) return {is_shortage(errno) ? Found::Kind::shortage : Found::Kind::nothing};
  struct stat status {};
  if (::fstat(file->fd, &status) != 0) return {};
  if (S_ISDIR(status.st_mode)) return {Found::Kind::directory};
  if (!S_ISREG(status.st_mode)) return {};
  file->size = static_cast<std::uint64_t>(status.st_size);
  file->validators = validators_of(status);
  if (file->size <= content_bytes_max && !take_into_memory(*file)) return {};
  return {Found::Kind::file, file};
}

}  // namespace weir::http
