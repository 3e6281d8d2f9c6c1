#include "support/lying_server.hpp"

#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <string_view>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

#include "support/servers.hpp"

namespace weir::test {
namespace {

/// `answer`, whose first byte is the `sent`-th of all, with the lie in it.
std::string with_lie(std::string answer, std::size_t sent, const Lie& lie) {
  if (lie.kind == Lie::Kind::none || lie.at < sent || lie.at >= sent + answer.size()) return answer;
  const std::size_t at = lie.at - sent;
  switch (lie.kind) {
    case Lie::Kind::none:
      break;
    case Lie::Kind::alter:
      answer[at] = static_cast<char>(answer[at] ^ 1);
      break;
    case Lie::Kind::drop:
      answer.erase(at, 1);
      break;
    case Lie::Kind::add:
      answer.insert(at + 1, 1, answer[at]);
      break;
  }
  return answer;
}

void send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t taken = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (taken < 0) return;  // the client has found it out, and is gone
    bytes.remove_prefix(static_cast<std::size_t>(taken));
  }
}

}  // namespace

std::string Lie::name() const {
  const std::string byte = "_byte_" + std::to_string(at);
  switch (kind) {
    case Kind::none:
      return "none";
    case Kind::alter:
      return "alters" + byte;
    case Kind::drop:
      return "drops" + byte;
    case Kind::add:
      return "adds" + byte;
  }
  return "";
}

std::ostream& operator<<(std::ostream& out, const Lie& lie) {
  return out << lie.name();
}

LyingServer::LyingServer(Lie lie) : lie_(lie), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (listener_ < 0 || ::bind(listener_, generic, size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, generic, &size) != 0) {
    throw std::system_error(errno, std::generic_category(), "can't listen");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

LyingServer::~LyingServer() {
  ::shutdown(listener_, SHUT_RDWR);  // ends the accept
  thread_.join();
  ::close(listener_);
}

void LyingServer::wait_until_busy() const {
  constexpr int answers_when_busy = 5000;
  for (int seen = answers_; seen < answers_when_busy; seen = answers_) answers_.wait(seen);
}

void LyingServer::serve() {
  for (;;) {
    const int fd = ::accept(listener_, nullptr, nullptr);
    if (fd < 0) return;
    converse(fd);
    ::close(fd);
  }
}

void LyingServer::converse(int fd) {
  bool inside = false;
  std::string answer = "*";
  std::size_t sent = 0;
  std::array<char, 4096> bytes;
  for (;;) {
    send_all(fd, with_lie(answer, sent, lie_));
    ++answers_;
    answers_.notify_all();
    sent += answer.size();
    const ssize_t got = ::recv(fd, bytes.data(), bytes.size(), 0);
    if (got <= 0) return;
    answer = framed_answer(inside, {bytes.data(), static_cast<std::size_t>(got)});
  }
}

}  // namespace weir::test
