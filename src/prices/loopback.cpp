#include "prices/loopback.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <fmt/format.h>

#include "prices/probe.hpp"

namespace weir::prices {
namespace {

constexpr int backlog = 256;

/// For so long at most, 0: for ever.
void wait_for(const Descriptor& socket, time_t seconds) {
  const timeval longest{seconds, 0};
  checked(::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof(longest)),
          "setsockopt");
}

}  // namespace

Loopback::Loopback() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  checked(listener_.get(), "socket");
  address_.sin_family = AF_INET;
  address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address_);
  auto* address = reinterpret_cast<sockaddr*>(&address_);
  checked(::bind(listener_.get(), address, size), "bind");
  checked(::listen(listener_.get(), backlog), "listen");
  checked(::getsockname(listener_.get(), address, &size), "getsockname");
  wait_for(listener_, 5);  // which those inherit that it accepts
}

Descriptor Loopback::connect() const {
  Descriptor end(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  checked(end.get(), "socket");
  const auto* address = reinterpret_cast<const sockaddr*>(&address_);
  checked(::connect(end.get(), address, sizeof(address_)), "connect");
  return end;
}

Descriptor Loopback::accept(int flags) const {
  Descriptor end(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | flags));
  checked(end.get(), "accept4");
  return end;
}

void need_descriptors_for(std::size_t connections) {
  constexpr std::size_t others = 256;  // of all prices together
  rlimit files{};
  checked(::getrlimit(RLIMIT_NOFILE, &files), "getrlimit");
  const std::size_t needed = connections + others;
  if (files.rlim_cur >= needed) return;
  throw std::runtime_error(fmt::format(
      "{} connections beside all else take {} descriptors, and {} are allowed: ulimit -n {}",
      connections, needed, files.rlim_cur, needed));
}

void send_without_delay(const Descriptor& socket) {
  const int yes = 1;
  checked(::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes)), "setsockopt");
}

void be_patient(const Descriptor& socket) {
  wait_for(socket, 0);
}

}  // namespace weir::prices
