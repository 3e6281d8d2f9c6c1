#include "http/answer_lines.hpp"

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <sys/socket.h>

#include "http/access_log.hpp"
#include "http/log_line.hpp"

namespace weir::http {
namespace {

/// The client's address without its port; "unix" where it has none, "-" in the simulation.
std::string client_of(const Stream& peer) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getpeername(peer.record.fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return "-";
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET) {
    const auto& in = reinterpret_cast<const sockaddr_in&>(address);
    ::inet_ntop(AF_INET, &in.sin_addr, text.data(), text.size());
  } else if (address.ss_family == AF_INET6) {
    const auto& in = reinterpret_cast<const sockaddr_in6&>(address);
    if (IN6_IS_ADDR_V4MAPPED(&in.sin6_addr)) {
      ::inet_ntop(AF_INET, &in.sin6_addr.s6_addr[12], text.data(), text.size());
    } else {
      ::inet_ntop(AF_INET6, &in.sin6_addr, text.data(), text.size());
    }
  } else {
    return "unix";
  }
  return text.data();
}

}  // namespace

struct AnswerLines::Lines {
  const AccessLog& log;
  std::string client;
  std::string text = {};
  BytesPlace last = {};

  void add(LogEntry entry) {
    entry.client = client;
    ::clock_gettime(CLOCK_REALTIME, &entry.time);
    last = append_line(text, log.format(), entry);
  }
};

void AnswerLines::begin(const AccessLog& log, const Stream& peer) {
  lines_.reset(new Lines{log, client_of(peer)});
}

void AnswerLines::HandOver::operator()(Lines* lines) const {
  lines->log.append(lines->text);
  delete lines;
}

void AnswerLines::add(const Request& request, int status, std::uint64_t bytes) {
  lines_->add({.request = &request, .status = status, .bytes = bytes});
}

void AnswerLines::add_refused(std::string_view begin, int status, std::uint64_t bytes) {
  lines_->add({.begin = begin, .status = status, .bytes = bytes});
}

void AnswerLines::correct(std::uint64_t bytes) {
  put_bytes(lines_->text, lines_->last, bytes);
}

void AnswerLines::flush() {
  lines_->log.append(lines_->text);
  lines_->text.clear();
}

}  // namespace weir::http
