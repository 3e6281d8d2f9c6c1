#include "http/replies.hpp"

#include <array>
#include <charconv>

#include "http/date.hpp"
#include "http/file_body.hpp"

namespace weir::http {
namespace {

/// The most that the lines of a head take that are always there.
constexpr std::size_t usual_head_bytes = 256;

void append_number(std::string& text, std::size_t number) {
  std::array<char, 20> digits;
  const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  text.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

/// Whether such an answer has a body at all, be it sent or not.
bool may_have_body(int status) {
  return status >= 200 && status != 204 && status != 304;
}

void append_connection(std::string& bytes, const Asked& asked) {
  if (!asked.keep_alive)
    bytes += "Connection: close\r\n";
  else if (asked.minor_version == 0)
    bytes += "Connection: keep-alive\r\n";
}

}  // namespace

void Replies::add(const Response& response, const Asked& asked) {
  const bool has_body = may_have_body(response.status);
  const std::string_view content = has_body ? response.content() : std::string_view();
  const std::size_t room = usual_head_bytes + response.fields.size() + content.size();
  if (bytes_.capacity() < bytes_.size() + room) bytes_.reserve(2 * bytes_.size() + room);

  if (response.status == 200) {
    bytes_ += "HTTP/1.1 200 OK\r\n";
  } else {
    bytes_ += "HTTP/1.1 ";
    append_number(bytes_, static_cast<std::size_t>(response.status));
    bytes_.append(" ").append(reason(response.status)).append("\r\n");
  }
  bytes_ += date_line();
  if (has_body) {
    if (!response.type.empty())
      bytes_.append("Content-Type: ").append(response.type).append("\r\n");
    bytes_ += "Content-Length: ";
    append_number(bytes_, response.file != nullptr ? response.file->size() : content.size());
    bytes_ += "\r\n";
  }
  append_connection(bytes_, asked);
  bytes_.append(response.fields).append("\r\n");
  if (!asked.head_only) bytes_ += content;
}

void Replies::add_refusal(int status) {
  add(text(std::to_string(status) + ' ' + std::string(reason(status)) + '\n', status), Asked{});
}

void Replies::add_continue() {
  bytes_ += "HTTP/1.1 100 Continue\r\n\r\n";
}

}  // namespace weir::http
