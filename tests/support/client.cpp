#include "support/client.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

namespace weir::test {
namespace {

constexpr std::size_t read_bytes_max = std::size_t{256} << 10;

// That nothing moves any more has no event of its own; so long without one stands for it. On a
// machine so busy that this is wrong, the server is merely less stuck than it could be.
constexpr int standstill_ms = 200;

// Lets the server run for a moment, where the kernel can be asked but tells of no event. Not
// sched_yield(2), after which everybody else on a busy machine runs a time slice first.
void give_way() {
  std::this_thread::sleep_for(std::chrono::microseconds(20));
}

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

sockaddr_in address_of(const std::string& host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) {
    throw std::runtime_error(host + " is no IPv4 address in digits");
  }
  return address;
}

// Waits for an event on the socket; throws when none comes for as long as a test is patient.
void wait_for(int fd, short events, const char* what) {
  pollfd watched{fd, events, 0};
  constexpr auto timeout_ms = std::chrono::milliseconds(patience).count();
  const int ready = poll(&watched, 1, static_cast<int>(timeout_ms));
  if (ready < 0 && errno != EINTR) fail("poll");
  if (ready == 0) throw std::runtime_error(fmt::format("waited in vain {}", what));
}

}  // namespace

Client::Client(const std::string& host, std::uint16_t port) : Client(host, port, Options{}) {}

Client::Client(const std::string& host, std::uint16_t port, Options options)
    : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (fd_ < 0) fail("socket");
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const int size = options.socket_buffer_bytes;
  if (size != 0) {
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    setsockopt(fd_, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  }
  const sockaddr_in address = address_of(host, port);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const int error = errno;
    close(fd_);
    throw std::system_error(error, std::generic_category(), "connect");
  }
}

Client::Client(Client&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      ended_(other.ended_),
      sent_(other.sent_),
      received_(std::move(other.received_)) {}

Client::~Client() {
  if (fd_ >= 0) close(fd_);
}

std::size_t Client::send_some(std::string_view bytes) {
  const ssize_t taken = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (taken < 0 && errno != EAGAIN && errno != EINTR) fail("send");
  const auto size = static_cast<std::size_t>(std::max<ssize_t>(taken, 0));
  sent_ += size;
  return size;
}

void Client::send_urgent(char byte) {
  if (::send(fd_, &byte, 1, MSG_NOSIGNAL | MSG_OOB) != 1) fail("send");
}

std::size_t Client::send_and_never_read(std::size_t bytes_max) {
  const std::string chunk(std::size_t{64} << 10, 'a');
  send_some("^");
  while (sent_ < bytes_max) {
    if (send_some(chunk) != 0) continue;
    pollfd watched{fd_, POLLOUT, 0};
    if (poll(&watched, 1, standstill_ms) == 0) break;
  }
  return sent_;
}

void Client::wait_until_standstill() const {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  int before = 0;
  for (;;) {
    pollfd nothing{fd_, 0, 0};
    poll(&nothing, 1, standstill_ms);
    int arrived = 0;
    if (ioctl(fd_, FIONREAD, &arrived) != 0) fail("ioctl");
    if (arrived != 0 && arrived == before) return;
    if (std::chrono::steady_clock::now() > give_up) {
      throw std::runtime_error("waited in vain for the server to find no more room");
    }
    before = arrived;
  }
}

void Client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t taken = send_some(bytes);
    bytes.remove_prefix(taken);
    if (taken != 0 && bytes.empty()) return;
    wait_for(fd_, POLLOUT | (ended_ ? 0 : POLLIN), "for the server to take what is sent");
    while (!ended_ && read_more(read_bytes_max)) continue;
  }
}

// Reads what is there, without waiting. False when there is nothing, or nothing more.
bool Client::read_more(std::size_t at_most) {
  const std::size_t before = received_.size();
  received_.resize(before + std::min(at_most, read_bytes_max));
  const ssize_t got = recv(fd_, received_.data() + before, received_.size() - before, MSG_DONTWAIT);
  const int error = errno;
  received_.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (got == 0) ended_ = true;
  if (got < 0 && error != EAGAIN && error != EINTR) {
    throw std::system_error(error, std::generic_category(), "recv");
  }
  return got > 0;
}

std::string Client::receive(std::size_t size) {
  while (received_.size() < size && !ended_) {
    if (read_more(size - received_.size()) || ended_) continue;
    wait_for(fd_, POLLIN, "for an answer");
  }
  const std::size_t given = std::min(size, received_.size());
  std::string result = received_.substr(0, given);
  received_.erase(0, given);
  return result;
}

bool Client::has_answer() const {
  if (!received_.empty() || ended_) return true;
  pollfd watched{fd_, POLLIN, 0};
  return poll(&watched, 1, 0) > 0;
}

std::string Client::receive_to_end() {
  while (!ended_) {
    if (read_more(read_bytes_max) || ended_) continue;
    wait_for(fd_, POLLIN, "for the server to close");
  }
  return std::exchange(received_, {});
}

std::string Client::take_arrived() {
  while (!ended_ && read_more(read_bytes_max)) continue;
  return std::exchange(received_, {});
}

Client::Ending Client::wait_for_end() {
  try {
    while (!ended_) {
      received_.clear();
      if (!read_more(read_bytes_max) && !ended_) wait_for(fd_, POLLIN, "for the server to end it");
    }
  } catch (const std::system_error&) {
    return Ending::reset;
  }
  return Ending::closed;
}

void Client::finish() {
  if (shutdown(fd_, SHUT_WR) != 0) fail("shutdown");
}

void Client::reset() {
  const linger at_once{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(std::exchange(fd_, -1));
}

std::optional<SocketState> Client::server_side(SocketDiag& diag) const {
  sockaddr_in here{};
  sockaddr_in there{};
  socklen_t size = sizeof here;
  if (getsockname(fd_, reinterpret_cast<sockaddr*>(&here), &size) != 0) fail("getsockname");
  if (getpeername(fd_, reinterpret_cast<sockaddr*>(&there), &size) != 0) {
    if (errno == ENOTCONN) return std::nullopt;  // a reset has come
    fail("getpeername");
  }
  return diag.look(there, here);
}

void Client::wait_until_taken() {
  SocketDiag diag;
  const auto give_up = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const auto state = server_side(diag);
    if (!state) return;  // the server has closed: it takes nothing any more
    if (state->arrived_bytes >= sent_ && state->unread_bytes == 0) return;
    if (std::chrono::steady_clock::now() > give_up) {
      throw std::runtime_error("waited in vain for the server to read what was sent");
    }
    give_way();
  }
}

void Client::wait_until_arrived() const {
  SocketDiag diag;
  const auto give_up = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const auto state = server_side(diag);
    if (!state || state->arrived_bytes >= sent_) return;
    if (std::chrono::steady_clock::now() > give_up) {
      throw std::runtime_error("waited in vain for what was sent to arrive");
    }
    give_way();
  }
}

void Client::wait_until_dropped() {
  SocketDiag diag;
  const auto give_up = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const auto state = server_side(diag);
    if (!state || !state->established) return;
    if (std::chrono::steady_clock::now() > give_up) {
      throw std::runtime_error("waited in vain for the server to drop the connection");
    }
    pollfd watched{fd_, POLLRDHUP, 0};  // a reset shows at once, an end behind unread bytes doesn't
    poll(&watched, 1, 10);
  }
}

std::string difference(std::string_view expected, std::string_view actual) {
  if (expected == actual) return {};
  const auto [e, a] = std::mismatch(expected.begin(), expected.end(), actual.begin(), actual.end());
  const auto byte = [](auto at, auto end) {
    return at == end ? std::string("the end")
                     : fmt::format("{:#04x}", static_cast<unsigned char>(*at));
  };
  return fmt::format("byte {} of {}: expected {}, got {} (of {} bytes)", e - expected.begin(),
                     expected.size(), byte(e, expected.end()), byte(a, actual.end()),
                     actual.size());
}

}  // namespace weir::test
