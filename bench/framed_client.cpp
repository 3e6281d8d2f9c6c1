#include "bench/framed_client.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <system_error>

namespace weir::bench {
namespace {

constexpr timeval patience{30, 0};

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::system_category(), what);
  return result;
}

void set(int fd, int level, int option, const auto& value, const char* what) {
  checked(::setsockopt(fd, level, option, &value, sizeof value), what);
}

sockaddr_in loopback(const std::string& host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) {
    throw std::runtime_error(host + " is no IPv4 address");
  }
  return address;
}

}  // namespace

FramedClient::FramedClient(std::uint16_t port, const std::string& source)
    : socket_(checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket")) {
  const int fd = socket_.get();
  const int on = 1;
  set(fd, SOL_SOCKET, SO_RCVTIMEO, patience, "SO_RCVTIMEO");
  set(fd, IPPROTO_TCP, TCP_NODELAY, on, "TCP_NODELAY");
  set(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, on, "IP_BIND_ADDRESS_NO_PORT");
  const sockaddr_in from = loopback(source, 0);
  const sockaddr_in to = loopback("127.0.0.1", port);
  checked(::bind(fd, reinterpret_cast<const sockaddr*>(&from), sizeof from), "bind");
  checked(::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to), "connect");
  if (receive(1) != "*") throw std::runtime_error("the server did not greet with *");
}

void FramedClient::exchange() {
  static const std::string request = "^" + std::string(request_bytes - 2, 'a') + "$";
  static const std::string answer(request_bytes - 2, 'b');
  const ssize_t sent = ::send(socket_.get(), request.data(), request.size(), MSG_NOSIGNAL);
  if (checked(static_cast<int>(sent), "send") != static_cast<int>(request.size())) {
    throw std::runtime_error("the kernel took a part of a request only");
  }
  if (receive(answer.size()) != answer) throw std::runtime_error("the server answered wrongly");
}

void FramedClient::finish() {
  checked(::shutdown(socket_.get(), SHUT_WR), "shutdown");
  char more = 0;
  const ssize_t count = ::recv(socket_.get(), &more, 1, 0);
  if (checked(static_cast<int>(count), "recv") != 0) {
    throw std::runtime_error("the server sent more than the answers");
  }
  socket_.reset();
}

std::string FramedClient::receive(std::size_t size) {
  std::string received(size, '\0');
  std::size_t at = 0;
  while (at < size) {
    const ssize_t count = ::recv(socket_.get(), received.data() + at, size - at, 0);
    if (checked(static_cast<int>(count), "recv") == 0) {
      throw std::runtime_error("the server ended the connection");
    }
    at += static_cast<std::size_t>(count);
  }
  return received;
}

}  // namespace weir::bench
