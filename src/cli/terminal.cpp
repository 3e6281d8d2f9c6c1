#include "cli/terminal.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>
#include <signal.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "cli/failure.hpp"
#include "core/descriptor.hpp"
#include "core/stop.hpp"

namespace weir::cli {
namespace {

std::string reason(int error) {
  return std::generic_category().message(error);
}

/// Waits for one of the events; false when it is interrupted instead.
template <std::size_t Count>
bool wait_for(std::array<pollfd, Count>& watched, const Stop& stop) {
  while (!stop.requested()) {
    if (::poll(watched.data(), watched.size(), -1) > 0) return !stop.requested();
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "poll");
  }
  return false;
}

/// The socket, connected; none when that was interrupted.
Descriptor connect_to(const Address& address, const Stop& stop) {
  const auto fail = [&address](int error) {
    throw Failure(unreachable, fmt::format("can't connect to {} ({}); is the server running?",
                                           address.text(), reason(error)));
  };
  Descriptor socket(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) throw std::system_error(errno, std::generic_category(), "socket");
  if (::connect(socket.get(), address.data(), address.size()) == 0) return socket;
  if (errno != EINPROGRESS) fail(errno);
  std::array<pollfd, 2> watched{{{socket.get(), POLLOUT, 0}, {stop.requested_fd(), POLLIN, 0}}};
  if (!wait_for(watched, stop)) return {};
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) fail(error);
  return socket;
}

void print(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (count < 0 && errno != EINTR) {
      throw Failure(failed, fmt::format("can't write what the server says: {}", reason(errno)));
    }
    bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  }
}

/// What goes on between stdin, the server and stdout. At most one buffer is on its way to the
/// server: when it takes no more, no more is read.
class Conversation {
 public:
  Conversation(int server, const Stop& stop) : server_(server), stop_(stop) {}

  int go_on() {
    for (;;) {
      const bool listens = open_ && unsent_.empty();
      const short events = unsent_.empty() ? POLLIN : POLLIN | POLLOUT;
      std::array<pollfd, 3> watched{{{listens ? STDIN_FILENO : -1, POLLIN, 0},
                                     {server_, events, 0},
                                     {stop_.requested_fd(), POLLIN, 0}}};
      if (!wait_for(watched, stop_)) return interrupted;
      if (watched[1].revents != 0 && !hear()) return done;
      if (watched[0].revents != 0) listen();
      if (!unsent_.empty()) say();
      if (!open_ && unsent_.empty()) finish();
    }
  }

 private:
  /// Prints what has come from the server; false when it has ended.
  bool hear() {
    const ssize_t count = ::recv(server_, room_.data(), room_.size(), 0);
    if (count == 0) return false;
    if (count > 0) {
      print({room_.data(), static_cast<std::size_t>(count)});
    } else if (errno != EAGAIN && errno != EINTR) {
      throw Failure(unreachable, fmt::format("the server broke off: {}", reason(errno)));
    }
    return true;
  }

  void listen() {
    const ssize_t count = ::read(STDIN_FILENO, room_.data(), room_.size());
    if (count > 0) unsent_.assign(room_.data(), static_cast<std::size_t>(count));
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) open_ = false;
  }

  void say() {
    const ssize_t count = ::send(server_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
    if (count >= 0) {
      unsent_.erase(0, static_cast<std::size_t>(count));
    } else if (errno != EAGAIN && errno != EINTR) {
      open_ = false;  // the server takes nothing more; what it has said is still to be heard
      unsent_.clear();
    }
  }

  void finish() {
    if (!finished_) ::shutdown(server_, SHUT_WR);
    finished_ = true;
  }

  const int server_;
  const Stop& stop_;
  std::vector<char> room_ = std::vector<char>(std::size_t{64} << 10);
  std::string unsent_;
  bool open_ = true;  // there may be more on stdin
  bool finished_ = false;
};

}  // namespace

int terminal(const Service& service, const Address& address) {
  ::signal(SIGPIPE, SIG_IGN);
  Stop stop;
  stop.on_signals();
  const Descriptor server = connect_to(address, stop);
  if (!server) return interrupted;
  if (::isatty(STDIN_FILENO) == 1) {
    fmt::print(stderr, "weir: {} on {} (Ctrl-D finishes, Ctrl-C leaves)\n", service.name,
               address.text());
  }
  return Conversation(server.get(), stop).go_on();
}

}  // namespace weir::cli
