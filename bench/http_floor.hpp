// What the floors of `./run bench http` have in common: web servers that read nothing of what they are
// asked. For each empty line in what they have received the same bytes are the answer.
// They are no web servers: a request that is cut within its empty line, or has a body, is answered wrongly.
#pragma once

#include <arpa/inet.h>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <netinet/tcp.h>
#include <string_view>
#include <sys/socket.h>

namespace floors {

inline constexpr std::string_view answer =
    "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/plain\r\n"
    "Content-Length: 13\r\n\r\nHello, World!";
inline constexpr std::size_t answers_max = 128;  // as many requests as fit into a buffer
inline constexpr std::size_t answers_bytes_max = answers_max * answer.size();

/// Writes an answer for each request to `answers`; returns their size.
inline std::size_t answer_all(std::string_view bytes, char* answers) {
  std::size_t size = 0;
  for (std::size_t at = 0; size < answers_bytes_max; at += 4) {
    at = bytes.find("\r\n\r\n", at);
    if (at == std::string_view::npos) break;
    std::memcpy(answers + size, answer.data(), answer.size());
    size += answer.size();
  }
  return size;
}

inline int checked(int result, const char* what) {
  if (result >= 0) return result;
  std::perror(what);
  std::exit(1);
}

/// Listens at a port of 127.0.0.1 that the kernel picks, and says at which. Accepted sockets inherit
/// that they send at once.
inline int listen_somewhere(const char* model) {
  const int fd = checked(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket");
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const name = reinterpret_cast<sockaddr*>(&address);
  checked(bind(fd, name, size), "bind");
  checked(listen(fd, 4096), "listen");
  checked(getsockname(fd, name, &size), "getsockname");
  std::fprintf(stderr, "floor on 127.0.0.1:%d, %s\n", ntohs(address.sin_port), model);
  return fd;
}

}  // namespace floors
