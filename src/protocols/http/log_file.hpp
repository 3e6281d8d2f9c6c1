#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace weir::http {

/// A file that whole lines are appended to: a regular one, or a pipe or terminal that may make its
/// writer wait.
class LogFile {
 public:
  /// `path`: "-" is the standard output. Throws std::system_error.
  explicit LogFile(std::string path);
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  /// Opens the path anew, where another file may be by now. False: it can't be, errno says why, and what
  /// was open stays so.
  bool reopen();

  /// Writes whole lines, each by one write(2) with others or alone. While there is no room `give_up` is
  /// asked now and then. Returns how many of them were lost.
  std::uint64_t write(std::string_view lines, const std::function<bool()>& give_up);

 private:
  bool has_room(const std::function<bool()>& give_up) const;
  void find_out_kind();

  const std::string path_;
  int fd_ = -1;
  bool regular_ = false;
};

}  // namespace weir::http
