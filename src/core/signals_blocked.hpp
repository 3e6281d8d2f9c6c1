#pragma once
#include <initializer_list>
#include <signal.h>

namespace weir {

/// Signals don't reach this thread, nor those that it makes, while this lives.
class SignalsBlocked {
 public:
  explicit SignalsBlocked(std::initializer_list<int> numbers) {
    sigset_t blocked;
    sigemptyset(&blocked);
    for (const int number : numbers) sigaddset(&blocked, number);
    ::pthread_sigmask(SIG_BLOCK, &blocked, &before_);
  }
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace weir
