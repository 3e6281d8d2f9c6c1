#pragma once
#include <cstdint>

#include "http/head.hpp"

namespace weir::http {

/// What a head says of its message, beyond its syntax.
struct Framing {
  enum class Body : std::uint8_t { none, sized, chunked };

  int refusal = 0;  // the status to be answered; 0: the message is to be read
  Body body = Body::none;
  std::uint64_t body_bytes = 0;  // of a sized one
  bool keep_alive = true;        // the connection, after the answer
};

/// Decides, in one place, where the message ends, whether it is refused before its body is read, and
/// whether another may follow. `head` is complete. RFC 9112, sections 3.2, 6 and 9.3; RFC 9110,
/// sections 7.2, 8.6 and 10.1.1.
Framing frame(const Head& head, const Limits& limits);

/// The parts of a target, which `frame` has let pass.
struct Target {
  std::string_view authority;  // of an absolute target
  std::string_view path;       // `/...`, or `*`
  std::string_view query;      // without its `?`
};
Target parts_of(std::string_view target);

/// `host[:port]`, without user information.
bool is_host(std::string_view text);

}  // namespace weir::http
