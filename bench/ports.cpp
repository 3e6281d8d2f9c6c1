#include "bench/ports.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>

#include "lab/descriptor.hpp"

namespace weir::bench {
namespace {

sockaddr_in local(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

lab::Descriptor tcp_socket() {
  lab::Descriptor fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) throw std::runtime_error("there is no descriptor for a socket");
  return fd;
}

bool accepts(std::uint16_t port) {
  const lab::Descriptor fd = tcp_socket();
  const sockaddr_in address = local(port);
  return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

}  // namespace

std::uint16_t free_port() {
  const lab::Descriptor fd = tcp_socket();
  sockaddr_in address = local(0);
  socklen_t size = sizeof address;
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("there is no free port");
  }
  return ntohs(address.sin_port);
}

void wait_until_accepting(std::uint16_t port, lab::Process& process, const char* name) {
  while (!accepts(port)) {
    if (process.wait_for(std::chrono::milliseconds(5))) {
      throw std::runtime_error(std::string(name) + " does not start: " + process.take_errors());
    }
  }
}

}  // namespace weir::bench
