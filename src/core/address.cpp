#include <arpa/inet.h>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <stdexcept>
#include <sys/un.h>

#include <fmt/format.h>
#include <weir/address.hpp>

namespace weir {
namespace {

[[noreturn]] void bad(std::string_view text, std::string_view why) {
  throw std::invalid_argument(fmt::format(
      "'{}' is not an address: {}; write HOST:PORT, [IPV6]:PORT or unix:PATH", text, why));
}

Address unix_address(std::string_view text, std::string_view path) {
  sockaddr_storage storage{};
  auto& address = reinterpret_cast<sockaddr_un&>(storage);
  if (path.empty()) bad(text, "the path is missing");
  if (path.size() >= sizeof address.sun_path) {
    bad(text, fmt::format("a unix path has at most {} bytes", sizeof address.sun_path - 1));
  }
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  return Address::of(storage,
                     static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1));
}

}  // namespace

Address Address::parse(std::string_view text) {
  if (text.starts_with("unix:")) return unix_address(text, text.substr(5));

  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) bad(text, "the port is missing");
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size()) {
    bad(text, fmt::format("'{}' is not a port (0 to 65535)", port));
  }
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    bad(text, "an IPv6 address stands in brackets");
  }

  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  if (host.empty()) hints.ai_family = AF_INET;
  addrinfo* found = nullptr;
  const int failure = ::getaddrinfo(host.empty() ? nullptr : std::string(host).c_str(),
                                    std::string(port).c_str(), &hints, &found);
  if (failure != 0) {
    bad(text, fmt::format("host '{}': {}", host, ::gai_strerror(failure)));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
  sockaddr_storage storage{};
  std::memcpy(&storage, found->ai_addr, found->ai_addrlen);
  return of(storage, found->ai_addrlen);
}

Address Address::of(const sockaddr_storage& storage, socklen_t size) {
  Address address;
  address.storage_ = storage;
  address.size_ = size;
  return address;
}

std::uint16_t Address::port() const {
  switch (family()) {
    case AF_INET:
      return ntohs(reinterpret_cast<const sockaddr_in&>(storage_).sin_port);
    case AF_INET6:
      return ntohs(reinterpret_cast<const sockaddr_in6&>(storage_).sin6_port);
    default:
      return 0;
  }
}

std::string Address::text() const {
  char host[INET6_ADDRSTRLEN] = "";
  switch (family()) {
    case AF_INET:
      ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(storage_).sin_addr, host,
                  sizeof host);
      return fmt::format("{}:{}", host, port());
    case AF_INET6:
      ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(storage_).sin6_addr, host,
                  sizeof host);
      return fmt::format("[{}]:{}", host, port());
    case AF_UNIX: {
      const auto& address = reinterpret_cast<const sockaddr_un&>(storage_);
      if (size_ <= offsetof(sockaddr_un, sun_path)) return "unix:";
      return fmt::format("unix:{}", address.sun_path);
    }
    default:
      return "unspecified";
  }
}

}  // namespace weir
