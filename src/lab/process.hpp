// Children of the lab: servers, generators and clients, each a process that dies with its owner.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace weir::lab {

/// A child this object started. Its stdout and stderr are read all the time by a thread of their
/// own, so that a talkative child never blocks on a full pipe. Move-only; the destructor kills a
/// child that still runs, with its process group, and reaps it.
class Process {
 public:
  struct Options {
    std::vector<int> cpus;  ///< the CPUs it may run on; empty: all that we may
    std::vector<std::pair<std::string, std::string>> environment;  ///< added to, or replacing, ours
  };

  /// Starts `argv` (argv[0] is searched in PATH), in a process group of its own so that a Ctrl-C at
  /// the terminal reaches only us, with stdin from /dev/null. The kernel kills the child when the
  /// *thread* that called this ends (prctl(2), PR_SET_PDEATHSIG). Throws std::system_error when the
  /// child can't be started, a failing exec included.
  static Process start(const std::vector<std::string>& argv, const Options& options);
  static Process start(const std::vector<std::string>& argv);

  Process(Process&&) noexcept;
  Process& operator=(Process&&) noexcept;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  pid_t pid() const;

  /// Returns the next line of stderr without its newline; nullopt when none came within `timeout`
  /// or stderr ended. Of a child that nobody listens to the last mebibyte is kept.
  std::optional<std::string> read_error_line(std::chrono::milliseconds timeout);

  /// Waits until stdout is closed and returns all that was written to it and not yet returned.
  std::string read_output_all();

  /// As read_output_all, but gives up after `timeout` (nullopt; nothing is lost).
  std::optional<std::string> read_output_for(std::chrono::milliseconds timeout);

  /// Returns what is left of stderr, without waiting.
  std::string take_errors();

  /// Sends a signal; nothing happens when the child is already reaped.
  void signal(int number);

  /// Waits for the end. Returns the exit code, or 128 + the signal's number.
  int wait();

  /// As wait, but returns nullopt when the child still runs after `timeout` (pidfd_open(2)).
  std::optional<int> wait_for(std::chrono::milliseconds timeout);

 private:
  struct State;
  explicit Process(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Returns the last line of what a child said.
std::string last_line(std::string text);

/// A server that accepts connections.
struct Server {
  Process process;
  std::string host;
  std::uint16_t port = 0;
  std::string banner;  ///< the line by which it said so
};

/// Starts a server and waits until it says on stderr where it listens (` on HOST:PORT` followed by
/// a comma or a space). Throws std::system_error when it can't be started, and std::runtime_error
/// with what the server said when it ends or stays silent for `timeout`.
Server start_server(const std::vector<std::string>& argv, const Process::Options& options = {},
                    std::chrono::milliseconds timeout = std::chrono::seconds(10));

}  // namespace weir::lab
