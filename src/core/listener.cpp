#include "core/listener.hpp"

#include <cerrno>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>

namespace weir {
namespace {

[[noreturn]] void fail(const char* doing) {
  throw std::system_error(errno, std::system_category(), doing);
}

Descriptor open_reserve() {
  return Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

const char* unix_path(const Address& address) {
  return reinterpret_cast<const sockaddr_un*>(address.data())->sun_path;
}

/// Removes the socket file of a server that is gone; one that answers is left alone.
void remove_stale(const Address& address) {
  struct stat status {};
  if (::lstat(unix_path(address), &status) != 0 || !S_ISSOCK(status.st_mode)) return;
  const Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(probe.get(), address.data(), address.size()) != 0 && errno == ECONNREFUSED) {
    ::unlink(unix_path(address));
  }
}

Address bound_address(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) fail("getsockname");
  return Address::of(storage, size);
}

}  // namespace

Listener::Listener(const Address& address, int backlog, Port port)
    : socket_(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)),
      reserve_(open_reserve()),
      backlog_(backlog) {
  if (!socket_) fail("socket");
  const int on = 1;
  if (address.family() == AF_UNIX) {
    remove_stale(address);
  } else {
    ::setsockopt(fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    // Accepted sockets inherit it, tcp(7): answers go out when they are written.
    ::setsockopt(fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  if (address.family() == AF_INET6) {
    const int off = 0;  // [::] takes IPv4 as well, ipv6(7)
    ::setsockopt(fd(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  }
  const auto allow_shards = [&] {
    if (::setsockopt(fd(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) fail("SO_REUSEPORT");
  };
  if (port == Port::next_shard) allow_shards();
  if (::bind(fd(), address.data(), address.size()) != 0) fail("bind");
  // Not before: bound like this, the port can't be that of another server of the same user, whose
  // connections would be spread over both.
  if (port == Port::first_shard) allow_shards();
  if (::listen(fd(), backlog) != 0) fail("listen");
  address_ = bound_address(fd());
  if (address.family() == AF_UNIX) path_owner_ = ::getpid();
}

Listener Listener::duplicate(Accept accept) const {
  Listener other;
  other.socket_ = Descriptor(::fcntl(fd(), F_DUPFD_CLOEXEC, 0));
  if (!other.socket_) fail("dup");
  other.reserve_ = open_reserve();
  other.address_ = address_;
  other.backlog_ = backlog_;
  other.shared_ = accept == Accept::share;
  return other;
}

Listener::~Listener() {
  close();
}

void Listener::close() {
  if (!socket_) return;
  if (path_owner_ == ::getpid()) ::unlink(unix_path(address_));
  socket_.reset();
}

Listener::Accepted Listener::accept() {
  constexpr int retries_max = 64;
  for (int tries = 0; tries < retries_max; ++tries) {
    Descriptor connection(::accept4(fd(), nullptr, nullptr, SOCK_CLOEXEC));
    if (connection) return {Outcome::connection, std::move(connection)};
    switch (errno) {
      case EAGAIN:
        return {};
      case EMFILE:
      case ENFILE:
        return refuse_one();
      case ENOMEM:
      case ENOBUFS:
        return {Outcome::refused, {}};
      default:  // accept(2): an error of the connection that was next, or a signal; try the next
        break;
    }
  }
  return {};
}

int Listener::queued() const {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(fd(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return backlog_;  // a unix path
  return static_cast<int>(info.tcpi_unacked);
}

Listener::Accepted Listener::refuse_one() {
  reserve_.reset();
  Descriptor(::accept4(fd(), nullptr, nullptr, SOCK_CLOEXEC)).reset();
  reserve_ = open_reserve();
  return {Outcome::refused, {}};
}

}  // namespace weir
