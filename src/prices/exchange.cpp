#include "prices/exchange.hpp"

#include <cerrno>
#include <stdexcept>
#include <sys/socket.h>

namespace weir::prices {

std::size_t receive(int client) {
  Request request;
  ssize_t count = 0;
  do {
    count = ::recv(client, request.data(), request.size(), 0);
  } while (count < 0 && errno == EINTR);
  return static_cast<std::size_t>(checked(count, "recv"));
}

void answer(int client) {
  static constexpr Request reply{};
  checked(::send(client, reply.data(), reply.size(), MSG_NOSIGNAL), "send");
}

void exchange(int client) {
  if (receive(client) == 0) throw std::runtime_error("the clients have ended");
  answer(client);
}

void greet(int client) {
  checked(::send(client, "*", 1, MSG_NOSIGNAL), "send");
}

void serve_newcomer(int client) {
  greet(client);
  exchange(client);
  receive(client);
}

}  // namespace weir::prices
