#include "http/differences.hpp"

#include <algorithm>

#include "http/characters.hpp"

namespace weir::http {
namespace {

bool is_chunked(const Case& each) {
  return each.has_head && each.head.transfer_encoding.count > 0;
}

/// One of the lines has a colon, and before it what is no name.
bool has_bad_name(std::string_view lines) {
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find("\r\n"), lines.size());
    const std::string_view line = lines.substr(0, end);
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && !is_token(line.substr(0, colon))) return true;
    lines.remove_prefix(std::min(end + 2, lines.size()));
  }
  return false;
}

}  // namespace

bool differs_by_empty_line(const Case& each) {
  return each.bytes.starts_with('\r');
}

bool differs_by_expectation(const Case& each) {
  return each.own.status == 417;
}

bool differs_by_host(const Case& each) {
  const Head& head = each.head;
  if (!each.has_head || each.own.status != 400) return false;
  if (head.host.count == 0) return head.minor_version == 1;
  return head.host.count > 1 || !is_host(head.value(head.host));
}

bool differs_by_target(const Case& each) {
  if (each.own.verdict != Verdict::refused) return false;
  if (each.has_head) {
    return each.target().front() != '/' || each.head.view(each.head.method) == "CONNECT";
  }
  const std::string_view line = each.bytes.substr(0, each.bytes.find("\r\n"));
  return each.head.fields_at == 0 && line.find(" HTTP/") != std::string_view::npos &&
         std::any_of(line.begin(), line.end(), [](char c) { return c == '#' || c < 0; });
}

bool differs_by_coding(const Case& each) {
  if (!is_chunked(each) || (each.own.status != 400 && each.own.status != 501)) return false;
  return frame(each.head, Limits{}).refusal != 0;
}

bool differs_by_length(const Case& each) {
  if (!each.has_head || is_chunked(each) || each.own.status != 400) return false;
  return each.head.content_length.count > 0;
}

bool differs_by_line_end(const Case& each) {
  const std::string_view rest = each.unread();
  bool bare = false;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    bare |= rest[i] == '\n' && (i == 0 || rest[i - 1] != '\r');
    bare |= rest[i] == '\r' && i + 1 < rest.size() && rest[i + 1] != '\n';
  }
  return each.own.status == 400 && bare;
}

/// The line at fault is a field's, or a trailer's, and what is before its colon has other characters, or
/// none.
bool differs_by_name(const Case& each) {
  if (each.own.status != 400 || each.head.fields_at == 0) return false;
  const std::string_view rest = each.unread();
  if (!each.has_head) return !is_token(rest.substr(0, rest.find(':')));
  return is_chunked(each) && has_bad_name(rest);
}

/// The data of a chunk goes on where a line's end must be.
bool differs_by_chunk_end(const Case& each) {
  if (!is_chunked(each) || each.own.status != 400) return false;
  std::string_view rest = each.unread();
  for (;;) {
    std::size_t size = 0;
    std::size_t digits = 0;
    for (; digits < rest.size() && is_hex(rest[digits]); ++digits) {
      size = size * 16 + static_cast<std::size_t>(hex_value(rest[digits]));
    }
    const std::size_t end = rest.find("\r\n");
    if (digits == 0 || size == 0 || end == std::string_view::npos) return false;
    rest.remove_prefix(end + 2);
    if (rest.size() < 2 || rest.size() - 2 < size) return false;
    if (!rest.substr(size).starts_with("\r\n")) return true;
    rest.remove_prefix(size + 2);
  }
}

/// Around the value of Content-Length.
bool differs_by_tab(const Case& each) {
  return each.own.verdict == Verdict::understood && each.other.verdict == Verdict::refused &&
         each.head.content_length.count > 0 &&
         each.bytes.substr(0, each.head.next).find('\t') != std::string_view::npos;
}

/// White space in the request line that isn't one space.
bool differs_by_spaces(const Case& each) {
  if (each.own.status != 400 || each.head.fields_at != 0) return false;
  const std::string_view line = each.bytes.substr(0, each.bytes.find("\r\n"));
  return line.find("  ") != std::string_view::npos || line.find('\t') != std::string_view::npos;
}

/// Or the request line ends before it.
bool differs_by_version(const Case& each) {
  if (each.own.status == 505) return true;
  const std::string_view line = each.bytes.substr(0, each.bytes.find_first_of("\r\n"));
  return each.own.status == 400 && each.head.fields_at == 0 &&
         line.find(" HTTP/", line.find(' ') + 1) == std::string_view::npos;
}

bool differs_by_fold(const Case& each) {
  const std::string_view rest = each.unread();
  if (each.own.status != 400) return false;
  if (!each.has_head) return !rest.empty() && is_blank(rest.front());
  return rest.find("\r\n ") != std::string_view::npos ||
         rest.find("\r\n\t") != std::string_view::npos;
}

bool differs_by_limit(const Case& each) {
  const int status = each.own.status;
  if (status == 413 || status == 414 || status == 431) return true;
  if (!is_chunked(each) || status != 400) return false;
  std::size_t digits = 0;
  for (const char c : each.unread()) {
    digits = is_hex(c) ? digits + 1 : 0;
    if (digits > ChunkedDecoder::size_digits_max) return true;
  }
  return false;
}

bool differs_by_trailers(const Case& each) {
  if (!is_chunked(each) || each.own.verdict != Verdict::understood) return false;
  return each.other.verdict == Verdict::refused ||
         (each.own.size == each.other.size && each.own.body == each.other.body);
}

bool differs_by_extension(const Case& each) {
  const bool one_refuses = each.own.status == 400 || (each.own.verdict == Verdict::understood &&
                                                      each.other.verdict == Verdict::refused);
  return is_chunked(each) && one_refuses && each.unread().find(';') != std::string_view::npos;
}

bool differs_by_connection(const Case& each) {
  return each.own.verdict == Verdict::understood && each.other.verdict == Verdict::refused &&
         Request(each.head, "").header("Connection").has_value();
}

bool differs_by_patience(const Case& each) {
  return each.own.verdict != Verdict::understood && each.other.verdict != Verdict::understood;
}

}  // namespace weir::http
