#include "http/framing.hpp"

#include <algorithm>
#include <charconv>

#include "http/scan.hpp"

namespace weir::http {
namespace {

bool is_port(std::string_view text) {
  std::uint32_t port = 0;
  for (const char c : text) {
    if (!is_digit(c)) return false;
    port = port * 10 + static_cast<std::uint32_t>(c - '0');
    if (port > 0xFFFF) return false;
  }
  return !text.empty();
}

std::size_t scheme_size(std::string_view target) {
  constexpr std::string_view scheme = "http://";
  return equals(target.substr(0, scheme.size()), scheme) ? scheme.size() : 0;
}

/// RFC 9112, section 3.2. CONNECT has a form of its own, and isn't served.
int refusal_of_target(const Head& head) {
  const std::string_view method = head.view(head.method);
  const std::string_view target = head.view(head.target);
  if (method == "CONNECT") return 501;
  if (target == "*") return method == "OPTIONS" ? 0 : 400;
  if (target.front() == '/') return 0;
  return scheme_size(target) > 0 && is_host(parts_of(target).authority) ? 0 : 400;
}

int refusal_of_host(const Head& head) {
  if (head.host.count == 0) return head.minor_version == 0 ? 0 : 400;
  return head.host.count == 1 && is_host(head.value(head.host)) ? 0 : 400;
}

/// Of a Transfer-Encoding that isn't `chunked` alone. One that ends with it, and has other codings
/// before, is well formed, but nothing that is served; RFC 9112, section 6.1.
int refusal_of_codings(std::string_view list) {
  bool chunked = false;
  do {
    const std::string_view coding = take_member(list);
    if (chunked || !is_token(coding)) return 400;
    chunked = equals(coding, "chunked");
  } while (!list.empty());
  return 501;
}

/// RFC 9110, section 8.6: digits and nothing else. False: it isn't that, or doesn't fit.
bool read_length(std::string_view digits, std::uint64_t& length) {
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  return error == std::errc() && end == digits.data() + digits.size();
}

/// RFC 9112, section 6.3, without its lenience: two ways of saying where a body ends are never
/// weighed against each other.
void frame_body(const Head& head, const Limits& limits, Framing& framing) {
  if (head.transfer_encoding.count > 0) {
    const std::string_view coding = head.value(head.transfer_encoding);
    if (head.transfer_encoding.count > 1 || head.content_length.count > 0 ||
        head.minor_version == 0) {
      framing.refusal = 400;
    } else if (!equals(coding, "chunked")) {
      framing.refusal = refusal_of_codings(coding);
    }
    framing.body = Framing::Body::chunked;
  } else if (head.content_length.count > 0) {
    if (head.content_length.count > 1 ||
        !read_length(head.value(head.content_length), framing.body_bytes)) {
      framing.refusal = 400;
    } else if (framing.body_bytes > limits.body_bytes) {
      framing.refusal = 413;
    }
    framing.body = framing.body_bytes > 0 ? Framing::Body::sized : Framing::Body::none;
  }
}

}  // namespace

bool is_host(std::string_view text) {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const char* host_end = skip(host_character, begin, end);
  if (text.starts_with('[')) {
    const char* const bracket = skip(address_character, begin + 1, end);
    if (bracket == end || *bracket != ']' || bracket - begin < 3) return false;
    host_end = bracket + 1;
  }
  if (host_end == begin) return false;
  return host_end == end || (*host_end == ':' && is_port({host_end + 1, end}));
}

Target parts_of(std::string_view target) {
  Target parts;
  const std::size_t question = target.find('?');
  if (question != std::string_view::npos) parts.query = target.substr(question + 1);
  parts.path = target.substr(0, question);
  if (const std::size_t scheme = scheme_size(parts.path); scheme > 0) {
    const std::size_t slash = std::min(parts.path.find('/', scheme), parts.path.size());
    parts.authority = parts.path.substr(scheme, slash - scheme);
    parts.path.remove_prefix(slash);
    if (parts.path.empty()) parts.path = "/";
  }
  return parts;
}

Framing frame(const Head& head, const Limits& limits) {
  Framing framing;
  framing.keep_alive = !head.says_close && (head.minor_version > 0 || head.says_keep_alive);
  framing.refusal = refusal_of_target(head);
  if (framing.refusal == 0) framing.refusal = refusal_of_host(head);
  if (framing.refusal == 0) frame_body(head, limits, framing);
  if (framing.refusal == 0 && head.expects_other) framing.refusal = 417;
  if (framing.refusal != 0) framing.keep_alive = false;
  return framing;
}

}  // namespace weir::http
