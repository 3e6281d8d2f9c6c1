#include "http/replies.hpp"

#include <charconv>
#include <cstring>
#include <string>

#include "http/date.hpp"
#include "http/file_body.hpp"

namespace weir::http {
namespace {

/// The most that the lines of a head take that are always there, but for the type.
constexpr std::size_t usual_head_bytes = 192;

/// Where there is room for what is put in.
struct Writer {
  char* at;

  void put(std::string_view text) {
    std::memcpy(at, text.data(), text.size());
    at += text.size();
  }
  void put(std::uint64_t number) { at = std::to_chars(at, at + 20, number).ptr; }
};

/// Whether such an answer has a body at all, be it sent or not.
bool may_have_body(int status) {
  return status >= 200 && status != 204 && status != 304;
}

void put_status_line(Writer& head, int status) {
  if (status == 200) {
    head.put("HTTP/1.1 200 OK\r\n");
    return;
  }
  head.put("HTTP/1.1 ");
  head.put(static_cast<std::uint64_t>(status));
  head.put(" ");
  head.put(reason(status));
  head.put("\r\n");
}

void put_type(Writer& head, std::string_view type) {
  if (type.empty()) return;
  head.put("Content-Type: ");
  head.put(type);
  head.put("\r\n");
}

void put_length(Writer& head, std::uint64_t length) {
  head.put("Content-Length: ");
  head.put(length);
  head.put("\r\n");
}

void put_connection(Writer& head, const Asked& asked) {
  if (!asked.keep_alive)
    head.put("Connection: close\r\n");
  else if (asked.minor_version == 0)
    head.put("Connection: keep-alive\r\n");
}

}  // namespace

/// At the end of what is there, for so many bytes.
char* Replies::make_room(std::size_t bytes) {
  if (capacity_ - size_ < bytes) {
    const std::size_t capacity = 2 * size_ + bytes;
    std::unique_ptr<char[]> grown(new char[capacity]);
    std::memcpy(grown.get(), data(), size_);
    grown_ = std::move(grown);
    capacity_ = capacity;
  }
  return (grown_ ? grown_.get() : place_.data()) + size_;
}

std::uint64_t Replies::add(const Response& response, const Asked& asked) {
  const bool has_body = may_have_body(response.status);
  const std::string_view content = has_body ? response.content() : std::string_view("");
  char* const begin =
      make_room(usual_head_bytes + response.type.size() + response.fields.size() + content.size());
  Writer writer{begin};
  put_status_line(writer, response.status);
  writer.put(date_line());
  const std::uint64_t length = response.file != nullptr ? response.file->size() : content.size();
  if (has_body) {
    put_type(writer, response.type);
    put_length(writer, length);
  }
  put_connection(writer, asked);
  writer.put(response.fields);
  writer.put("\r\n");
  if (!asked.head_only) writer.put(content);
  size_ += static_cast<std::size_t>(writer.at - begin);
  return has_body && !asked.head_only ? length : 0;
}

Replies::Pieces Replies::begin(const Response& response, const Asked& asked) {
  const bool may_have = may_have_body(response.status);
  const bool chunked = may_have && asked.minor_version > 0;
  const bool until_end = may_have && !chunked && !asked.head_only;
  const bool keep_alive = asked.keep_alive && !until_end;
  char* const begin = make_room(usual_head_bytes + response.type.size() + response.fields.size());
  Writer writer{begin};
  put_status_line(writer, response.status);
  writer.put(date_line());
  if (may_have) put_type(writer, response.type);
  if (chunked) writer.put("Transfer-Encoding: chunked\r\n");
  put_connection(writer, {asked.head_only, keep_alive, asked.minor_version});
  writer.put(response.fields);
  writer.put("\r\n");
  size_ += static_cast<std::size_t>(writer.at - begin);
  return {may_have && !asked.head_only, chunked, keep_alive};
}

std::uint64_t Replies::add_refusal(int status, const Asked& asked) {
  return add(text(std::to_string(status) + ' ' + std::string(reason(status)) + '\n', status),
             asked);
}

void Replies::add_continue() {
  add_text("HTTP/1.1 100 Continue\r\n\r\n");
}

void Replies::add_text(std::string_view text) {
  std::memcpy(make_room(text.size()), text.data(), text.size());
  size_ += text.size();
}

}  // namespace weir::http
