#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include <weir/http.hpp>

#include "http/log_file.hpp"
#include "http/log_line.hpp"

namespace weir::http {

/// The access log of a server: its sessions, in whatever threads and processes, hand over lines and
/// never wait; a thread of the process that made it writes them. Between them is a pipe, which takes a
/// few lines whole or not at all, works across fork(2), and has a bound. What finds no room in it is
/// dropped and counted, and the server's own log tells of that.
///
/// SIGHUP has the file opened anew. It is blocked from here on in this thread and those that it makes,
/// as in all processes.
class AccessLog {
 public:
  /// `path`: "-" is the standard output. Throws std::system_error.
  AccessLog(const std::string& path, LogFormat format);
  /// Writes what was handed over, and waits for that a second at most when the file takes nothing.
  ~AccessLog();
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;

  LogFormat format() const { return format_; }

  /// Hands over whole lines, each of at most `log_line_bytes_max`.
  void append(std::string_view lines) const noexcept;

 private:
  struct Ends;
  void hand_over(std::string_view lines) const noexcept;
  void write_all();
  void open_anew();
  void write_what_has_come();
  bool take();
  bool gives_up();
  bool tell_of_lost(bool last);

  const LogFormat format_;
  LogFile file_;
  const std::unique_ptr<Ends> ends_;
  std::unique_ptr<char[]> lines_;  // what the thread has read ...
  std::size_t lines_bytes_ = 0;    // ... and not written yet
  std::uint64_t lost_ = 0;
  std::uint64_t told_ = 0;
  std::int64_t tell_again_ns_ = 0;
  std::int64_t give_up_ns_ = 0;
  std::thread writer_;
};

}  // namespace weir::http
