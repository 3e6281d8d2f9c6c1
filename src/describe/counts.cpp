#include "describe/counts.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "describe/tokens.hpp"

namespace weir::describe {
namespace {

using Names = std::set<std::string, std::less<>>;
using Tokens = std::vector<Token>;

// man 2, as far as servers call it, and what the C library makes a system call of under another
// name.
const Names& wrappers() {
  static const Names names{
      "accept",
      "accept4",
      "alarm",
      "bind",
      "clock_nanosleep",
      "clone",
      "close",
      "close_range",
      "connect",
      "dup",
      "dup2",
      "dup3",
      "epoll_create1",
      "epoll_ctl",
      "epoll_pwait",
      "epoll_pwait2",
      "epoll_wait",
      "eventfd",
      "eventfd_read",
      "eventfd_write",
      "fcntl",
      "fork",
      "fsync",
      "futex",
      "getpeername",
      "getpid",
      "getppid",
      "getrandom",
      "getrlimit",
      "getsockname",
      "getsockopt",
      "ioctl",
      "kill",
      "listen",
      "madvise",
      "mmap",
      "mprotect",
      "munmap",
      "nanosleep",
      "open",
      "openat",
      "pause",
      "pidfd_open",
      "pipe",
      "pipe2",
      "poll",
      "ppoll",
      "prctl",
      "prlimit",
      "pselect",
      "pthread_create",
      "pthread_kill",
      "pthread_sigmask",
      "read",
      "readv",
      "recv",
      "recvfrom",
      "recvmmsg",
      "recvmsg",
      "sched_getaffinity",
      "sched_setaffinity",
      "sched_yield",
      "select",
      "send",
      "sendfile",
      "sendmmsg",
      "sendmsg",
      "sendto",
      "setrlimit",
      "setsockopt",
      "shutdown",
      "sigaction",
      "sigaltstack",
      "signal",
      "signalfd",
      "sigprocmask",
      "sigsuspend",
      "sigtimedwait",
      "sigwaitinfo",
      "socket",
      "socketpair",
      "splice",
      "timerfd_create",
      "timerfd_settime",
      "unlink",
      "usleep",
      "vfork",
      "wait",
      "wait4",
      "waitid",
      "waitpid",
      "write",
      "writev",
  };
  return names;
}

const Names branch_words{"if", "for", "while", "case", "catch"};

// What may stand before a call and is a word nevertheless.
const Names words_before_calls{"return", "co_return", "co_await", "co_yield", "throw", "else",
                               "case",   "do",        "not",      "and",      "or"};

class Counter {
 public:
  Counter(const Tokens& tokens, Spelling spelling) : tokens_(tokens), spelling_(spelling) {
    for (std::size_t i = 1; i < tokens_.size(); ++i) {
      if (is_called(i) && declares(i)) declared_.insert(tokens_[i].text);
    }
  }

  Counts count() const {
    Counts counts;
    std::map<std::string, std::size_t> system;
    std::map<std::string, std::size_t> library;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (is_branch(i)) ++counts.branches;
      if (!is_called(i)) continue;
      if (const std::string name = system_call(i); !name.empty()) ++system[name];
      if (is_of_library(i)) ++library[tokens_[i].text];
    }
    for (const auto& [name, times] : system) counts.system_calls.push_back({name, times});
    for (const auto& [name, times] : library) counts.library_calls.push_back({name, times});
    return counts;
  }

 private:
  const std::string& text(std::size_t i) const {
    static const std::string none;
    return i < tokens_.size() ? tokens_[i].text : none;
  }

  // Also for i - 1 of the first token: there is none.
  bool is_word(std::size_t i) const { return i < tokens_.size() && tokens_[i].is_word; }

  bool is_called(std::size_t i) const { return is_word(i) && text(i + 1) == "("; }

  // A type stands before the name, `ssize_t read(int fd)` or `List<int> read()`, or before the name
  // of its class: `void Stream::read()`.
  bool declares(std::size_t i) const {
    const bool of_class = text(i - 1) == "::" && is_word(i - 2);
    const std::size_t type = of_class ? i - 3 : i - 1;
    if (text(type) == ">") return true;
    return is_word(type) && !words_before_calls.contains(text(type));
  }

  // `Connection(int fd) : socket(fd) {`: a member of that name, as a constructor begins it.
  bool is_initialiser(std::size_t i) const {
    if (text(i - 1) != ":" || text(i - 2) != ")") return false;
    const std::string& behind = text(closing(tokens_, i + 1) + 1);
    return behind == "{" || behind == ",";
  }

  // A name of the outermost scope, written so: `::close(fd)`.
  bool is_global(std::size_t i) const {
    return text(i - 1) == "::" && (!is_word(i - 2) || words_before_calls.contains(text(i - 2)));
  }

  bool is_unqualified(std::size_t i) const {
    return text(i - 1) != "::" && text(i - 1) != "." && text(i - 1) != "->";
  }

  bool is_branch(std::size_t i) const {
    const Token& token = tokens_[i];
    if (branch_words.contains(token.text) || token.text == "?") return true;
    if (token.text != "&" && token.text != "|") return false;
    return token.after_space && text(i + 1) == token.text && !tokens_[i + 1].after_space;
  }

  std::string system_call(std::size_t i) const {
    const bool plain = spelling_ == Spelling::any && is_unqualified(i) && !is_initialiser(i) &&
                       !declared_.contains(text(i));
    if (!is_global(i) && !plain) return "";
    if (wrappers().contains(text(i))) return text(i);
    if (text(i) != "syscall") return "";
    for (const std::string_view prefix : {"SYS_", "__NR_"}) {
      if (text(i + 2).starts_with(prefix)) return text(i + 2).substr(prefix.size());
    }
    return "";
  }

  bool is_of_library(std::size_t i) const {
    for (const char* prefix : {"io_uring_", "uv_", "async_"}) {
      if (text(i).starts_with(prefix)) return !declares(i);
    }
    std::size_t first = i;  // of a::b::c
    while (first >= 2 && text(first - 1) == "::" && is_word(first - 2)) first -= 2;
    return first != i && (text(first) == "asio" || text(first) == "boost");
  }

  const Tokens& tokens_;
  const Spelling spelling_;
  Names declared_;
};

}  // namespace

Counts count(std::string_view source, Spelling system_calls) {
  const Tokens tokens = tokens_of(source);
  Counts counts = Counter(tokens, system_calls).count();
  counts.lines = lines_of_code(source);
  return counts;
}

}  // namespace weir::describe
