#include "support/socket_diag.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

namespace weir::test {
namespace {

// TCP_ESTABLISHED of <netinet/tcp.h>, which can't be included beside <linux/tcp.h>; the latter
// alone knows tcpi_bytes_received.
constexpr unsigned established = 1;

struct Request {
  nlmsghdr header;
  inet_diag_req_v2 body;
};

Request request_for(const sockaddr_in& local, const sockaddr_in& remote) {
  Request request{};
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  request.header.nlmsg_flags = NLM_F_REQUEST;
  request.body.sdiag_family = AF_INET;
  request.body.sdiag_protocol = IPPROTO_TCP;
  request.body.idiag_ext = 1U << (INET_DIAG_INFO - 1);
  request.body.idiag_states = ~0U;
  inet_diag_sockid& id = request.body.id;
  id.idiag_sport = local.sin_port;
  id.idiag_dport = remote.sin_port;
  id.idiag_src[0] = local.sin_addr.s_addr;
  id.idiag_dst[0] = remote.sin_addr.s_addr;
  id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
  id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  return request;
}

[[noreturn]] void fail(int error) {
  throw std::system_error(error, std::generic_category(), "sock_diag");
}

// Reads one attribute after the other, as rtnetlink(7) lays them out.
SocketState state_from(const std::byte* message, std::size_t size) {
  inet_diag_msg fixed;
  std::memcpy(&fixed, message, sizeof fixed);
  SocketState state{.established = fixed.idiag_state == established,
                    .unread_bytes = fixed.idiag_rqueue,
                    .unacked_bytes = fixed.idiag_wqueue};
  std::size_t at = NLMSG_ALIGN(sizeof fixed);
  while (at + sizeof(rtattr) <= size) {
    rtattr attribute;
    std::memcpy(&attribute, message + at, sizeof attribute);
    if (attribute.rta_len < sizeof attribute || at + attribute.rta_len > size) break;
    if (attribute.rta_type == INET_DIAG_INFO) {
      tcp_info info{};
      std::memcpy(&info, message + at + RTA_LENGTH(0),
                  std::min<std::size_t>(attribute.rta_len - RTA_LENGTH(0), sizeof info));
      state.arrived_bytes = info.tcpi_bytes_received;
    }
    at += RTA_ALIGN(attribute.rta_len);
  }
  return state;
}

}  // namespace

SocketDiag::SocketDiag() : fd_(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)) {
  if (fd_ < 0) fail(errno);
}

SocketDiag::~SocketDiag() {
  close(fd_);
}

std::optional<SocketState> SocketDiag::look(const sockaddr_in& local, const sockaddr_in& remote) {
  const Request request = request_for(local, remote);
  if (send(fd_, &request, sizeof request, 0) < 0) fail(errno);
  alignas(nlmsghdr) std::array<std::byte, 4096> answer;
  const ssize_t got = recv(fd_, answer.data(), answer.size(), 0);
  if (got < 0) fail(errno);
  nlmsghdr header;
  std::memcpy(&header, answer.data(), sizeof header);
  if (header.nlmsg_type == NLMSG_ERROR) {
    nlmsgerr error;
    std::memcpy(&error, answer.data() + NLMSG_HDRLEN, sizeof error);
    if (error.error == -ENOENT) return std::nullopt;
    fail(-error.error);
  }
  return state_from(answer.data() + NLMSG_HDRLEN, header.nlmsg_len - NLMSG_HDRLEN);
}

}  // namespace weir::test
