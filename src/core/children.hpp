#pragma once
#include <functional>
#include <signal.h>
#include <sys/types.h>
#include <unordered_set>

#include "core/event_counter.hpp"

namespace weir {

/// The children of a process that makes one for each connection: made, told to end, and reaped as
/// they end, so that no zombie stays. There is one such object in a process.
///
/// A child that ends is noticed by a handler of SIGCHLD, which makes `ended_fd` readable: so whoever
/// waits in poll(2) sees it at once. A pidfd for each would be one more descriptor a connection, and
/// each child to come would inherit them all; a signalfd(2) misses what another thread of the
/// process, with the signal not blocked, is given.
class Children {
 public:
  Children();
  ~Children();
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;

  /// fork(2). The child does `what`, then ends without any of the parent's destructors. It begins
  /// with SIGTERM, SIGINT and SIGALRM blocked, for `what` to unblock, and gets SIGTERM when its
  /// parent dies. False: there is no process to be had.
  bool start(const std::function<void()>& what);

  std::size_t size() const { return pids_.size(); }
  /// Readable when one has ended, until `reap`.
  int ended_fd() const { return ended_.fd(); }
  /// Reaps all that have ended: waitpid(2). Calls `crashed`, with its status, for each that did not
  /// return from what it had to do.
  void reap(const std::function<void(pid_t pid, int status)>& crashed);
  /// Sends each a signal.
  void signal_all(int number) const;

 private:
  [[noreturn]] static void become(const std::function<void()>& what, pid_t parent) noexcept;

  EventCounter ended_;
  std::unordered_set<pid_t> pids_;
  struct sigaction before_ {};
};

}  // namespace weir
