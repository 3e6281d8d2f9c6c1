#include "lab/external.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <csignal>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "lab/descriptor.hpp"
#include "lab/process_tree.hpp"

namespace weir::lab {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds between_tries{5};

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

Descriptor tcp_socket() {
  Descriptor made(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!made) throw std::system_error(errno, std::generic_category(), "socket");
  return made;
}

/// A socket may by chance get the very port that it connects to, and so be its own peer.
bool accepts(std::uint16_t port) {
  const Descriptor probe = tcp_socket();
  sockaddr_in address = loopback(port);
  socklen_t size = sizeof(address);
  if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0) return false;
  ::getsockname(probe.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port) != port;
}

std::string with_port(std::string command, std::uint16_t port) {
  const std::string mark = port_mark;
  const std::string number = std::to_string(port);
  for (std::size_t at = command.find(mark); at != std::string::npos;
       at = command.find(mark, at + number.size())) {
    command.replace(at, mark.size(), number);
  }
  return command;
}

/// The last thing that it complained of, in brackets.
std::string last_words(Process& process) {
  std::string text = process.take_errors();
  while (!text.empty() && text.back() == '\n') text.pop_back();
  if (text.empty()) return "";
  return fmt::format(" ({})", text.substr(text.rfind('\n') + 1));
}

/// A process that can be told to end, and nobody else in its place when its number is given anew.
Descriptor handle_of(pid_t pid) {
  return Descriptor(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
}

}  // namespace

/// The kernel chooses it, and gives it to nobody else for a while.
std::uint16_t free_port() {
  const Descriptor probe = tcp_socket();
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof(address);
  if (::bind(probe.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::getsockname(probe.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::system_error(errno, std::generic_category(), "bind to a free port");
  }
  return ntohs(address.sin_port);
}

void wait_until_accepting(Process& process, std::uint16_t port, const std::string& name,
                          std::chrono::milliseconds timeout) {
  const Clock::time_point deadline = Clock::now() + timeout;
  while (!accepts(port)) {
    if (const auto code = process.wait_for(between_tries)) {
      throw std::runtime_error(fmt::format("{} ended with code {} before it accepted connections{}",
                                           name, *code, last_words(process)));
    }
    if (Clock::now() >= deadline) {
      throw std::runtime_error(fmt::format(
          "{} accepts no connection on 127.0.0.1:{} within {} s{}", name, port,
          std::chrono::ceil<std::chrono::seconds>(timeout).count(), last_words(process)));
    }
  }
}

Server start_external(const std::string& command, const Process::Options& options,
                      std::chrono::milliseconds timeout) {
  const std::uint16_t port = free_port();
  const std::string told = with_port(command, port);
  Process process = Process::start({"sh", "-c", told}, options);
  wait_until_accepting(process, port, '`' + told + '`', timeout);
  return {std::move(process), "127.0.0.1", port, ""};
}

void end_external(Server& server, std::chrono::milliseconds patience) {
  if (const auto code = server.process.wait_for(std::chrono::milliseconds(0))) {
    throw std::runtime_error(fmt::format("the server ended by itself with code {}{}", *code,
                                         last_words(server.process)));
  }
  std::vector<Descriptor> all;
  for (const TreeProcess& each : tree_of(server.process.pid())) {
    Descriptor handle = handle_of(each.pid);
    if (handle) all.push_back(std::move(handle));
  }
  const auto tell_all = [&all](int signal) {
    for (const Descriptor& each : all) {
      syscall(SYS_pidfd_send_signal, each.get(), signal, nullptr, 0);  // it may be gone already
    }
  };
  tell_all(SIGTERM);
  server.process.wait_for(patience);
  tell_all(SIGKILL);
  server.process.wait();
}

}  // namespace weir::lab
