#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <sys/socket.h>

namespace weir {

/// A socket address: IPv4, IPv6 or the path of a unix socket. ip(7), ipv6(7), unix(7).
class Address {
 public:
  Address() = default;

  /// Of `HOST:PORT`, `[IPV6]:PORT`, `:PORT` (every IPv4 address) or `unix:PATH`. A host name is
  /// looked up, which may block: getaddrinfo(3).
  /// Throws std::invalid_argument with one sentence that names the cause.
  static Address parse(std::string_view text);

  /// Of what the kernel gave (accept4(2), getsockname(2)).
  static Address of(const sockaddr_storage& storage, socklen_t size);

  /// `127.0.0.1:80`, `[::1]:80`, `unix:/run/x`; `unix:` for an unnamed peer.
  std::string text() const;

  int family() const { return storage_.ss_family; }
  const sockaddr* data() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t size() const { return size_; }
  /// 0 for a unix socket.
  std::uint16_t port() const;

 private:
  sockaddr_storage storage_{};
  socklen_t size_ = 0;
};

}  // namespace weir
