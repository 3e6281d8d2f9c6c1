// What the tests of sessions share: the other end of a stream, and a place for what is found out.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <sched.h>
#include <signal.h>
#include <string_view>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

#include "core/listener.hpp"

namespace weir {

/// A listening socket of the test's own, which accepts one connection and lets `talk` have it.
class Server {
 public:
  explicit Server(std::function<void(int)> talk)
      : listener_(Address::parse("127.0.0.1:0"), 16), thread_([this, talk] {
          Listener::Accepted accepted;
          while (accepted.outcome != Listener::Outcome::connection) accepted = listener_.accept();
          talk(accepted.fd.get());
        }) {}
  ~Server() { thread_.join(); }
  Address address() const { return listener_.address(); }

 private:
  Listener listener_;
  std::thread thread_;
};

/// A process beside the one that serves, which does what clients do. Not a thread: a child that `fork`
/// makes beside a thread is deaf under ThreadSanitizer.
class Beside {
 public:
  explicit Beside(const std::function<void()>& talk) : pid_(::fork()) {
    if (pid_ != 0) return;
    talk();
    ::_exit(0);
  }
  ~Beside() { ::waitpid(pid_, nullptr, 0); }
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;

 private:
  const pid_t pid_;
};

/// A process that asks its parent to end once `begun`, and from then on says again and again that the
/// grace is over, as the timer of the grace does: a signal may come just before a call that waits.
class ForcesTheEnd {
 public:
  explicit ForcesTheEnd(const std::function<bool()>& begun) : parent_(::getpid()), pid_(::fork()) {
    if (pid_ != 0) return;
    while (!begun() && ::getppid() == parent_) ::sched_yield();
    if (::getppid() == parent_) ::kill(parent_, SIGTERM);
    for (; ::getppid() == parent_; ::usleep(pause_us)) ::kill(parent_, SIGALRM);
    ::_exit(0);
  }
  ~ForcesTheEnd() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ForcesTheEnd(const ForcesTheEnd&) = delete;
  ForcesTheEnd& operator=(const ForcesTheEnd&) = delete;

 private:
  static constexpr useconds_t pause_us = 20'000;
  const pid_t parent_;
  const pid_t pid_;
};

/// Plain data, for memory that processes share.
struct Seen {
  std::array<std::size_t, 4> ready{};
  std::array<char, 16> text{};
  std::error_code error;

  void note(std::string_view bytes) {
    std::copy_n(bytes.data(), std::min(bytes.size(), text.size() - 1), text.data());
  }
};

}  // namespace weir
