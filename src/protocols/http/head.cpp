#include "http/head.hpp"

#include <algorithm>
#include <cstring>

#include "http/scan.hpp"

namespace weir::http {
namespace {

/// What came of reading a line.
enum class Line { read, cut, wrong };

/// A line that is being read, and how far it may go: to the end of what has come, or of what is
/// allowed.
struct Reading {
  const char* base;
  const char* at;
  const char* end;

  Piece piece(const char* from, const char* to) const {
    return {static_cast<std::uint32_t>(from - base), static_cast<std::uint32_t>(to - from)};
  }
  Piece piece(std::string_view text) const { return piece(text.data(), text.data() + text.size()); }
};

Progress refuse(Head& head, int status) {
  head.refusal = status;
  return Progress::refused;
}

/// What isn't a carriage return and a line feed: the end of what has come, or wrong.
Line not_a_line_end(const Reading& reading) {
  const std::ptrdiff_t left = reading.end - reading.at;
  return left == 0 || (left == 1 && *reading.at == '\r') ? Line::cut : Line::wrong;
}

/// A carriage return and a line feed, and nothing else.
inline Line read_line_end(Reading& reading) {
  if (reading.end - reading.at < 2 || std::memcmp(reading.at, "\r\n", 2) != 0) {
    return not_a_line_end(reading);
  }
  reading.at += 2;
  return Line::read;
}

/// `HTTP/1.1`, with any digits.
Line read_version(Reading& reading, const char*& version) {
  constexpr std::string_view pattern = "HTTP/#.#";
  version = reading.at;
  if (reading.end - version >= 8 && eight(version) == eight("HTTP/1.1")) {
    reading.at += 8;
    return Line::read;
  }
  for (const char expected : pattern) {
    if (reading.at == reading.end) return Line::cut;
    const char c = *reading.at++;
    if (expected == '#' ? !is_digit(c) : c != expected) return Line::wrong;
  }
  return Line::read;
}

/// What is before the version: the method, a space, the target, a space.
Line read_method_and_target(Reading& reading, Head& head) {
  const char* const method = reading.at;
  reading.at = skip(token_character, method, reading.end);  // three or four of them
  if (reading.at == reading.end) return Line::cut;
  if (reading.at == method || *reading.at != ' ') return Line::wrong;
  head.method = reading.piece(method, reading.at);
  const char* const target = ++reading.at;
  reading.at = skip_target(reading.base, target, reading.end);
  if (reading.at == reading.end) return Line::cut;
  if (reading.at == target || *reading.at != ' ') return Line::wrong;
  head.target = reading.piece(target, reading.at++);
  return Line::read;
}

/// RFC 9112, section 3. A version that isn't served is known once the line has ended as a line does.
Line read_request_line(Reading& reading, Head& head) {
  if (const Line line = read_method_and_target(reading, head); line != Line::read) return line;
  const char* version = nullptr;
  if (const Line line = read_version(reading, version); line != Line::read) return line;
  if (const Line line = read_line_end(reading); line != Line::read) return line;
  const unsigned minor = static_cast<unsigned>(version[7] - '0');
  if (version[5] != '1' || minor > 1) head.refusal = 505;
  head.minor_version = minor;
  return Line::read;
}

void note_connection(Head& head, std::string_view value) {
  if (equals(value, "keep-alive")) value = {}, head.says_keep_alive = true;  // as browsers say
  while (!value.empty()) {
    const std::string_view option = take_member(value);
    head.says_close |= equals(option, "close");
    head.says_keep_alive |= equals(option, "keep-alive");
  }
}

void note_expectation(Head& head, std::string_view value) {
  (equals(value, "100-continue") ? head.expects_continue : head.expects_other) = true;
}

void note(Noted& noted, std::size_t index) {
  if (noted.count++ == 0) noted.first = static_cast<std::uint16_t>(index);
}

/// Sees to the fields that the server itself goes by. Few names have their lengths.
void take_note(Head& head, std::size_t index, std::string_view name, std::string_view value) {
  switch (name.size()) {
    case 4:
      if (equals(name, "host")) note(head.host, index);
      break;
    case 6:
      if (equals(name, "expect")) note_expectation(head, value);
      break;
    case 10:
      if (equals(name, "connection")) note_connection(head, value);
      break;
    case 14:
      if (equals(name, "content-length")) note(head.content_length, index);
      break;
    case 17:
      if (equals(name, "transfer-encoding")) note(head.transfer_encoding, index);
      break;
    default:
      break;
  }
}

/// Of characters that a value may have.
inline bool is_value_blank(char c) {
  return static_cast<unsigned char>(c) <= ' ';
}

/// Without the blanks around it; before it is a colon.
inline std::string_view without_blanks(const char* begin, const char* end) {
  while (begin != end && is_value_blank(*begin)) ++begin;
  while (begin != end && is_value_blank(end[-1])) --end;
  return {begin, static_cast<std::size_t>(end - begin)};
}

/// RFC 9112, section 5. A line that is folded begins with a space, and a space before the colon is no
/// part of a name: both are wrong.
inline Line read_field(Reading& reading, Head& head, std::size_t index) {
  const char* const name = reading.at;
  const char* const colon = skip_token(reading.base, name, reading.end);
  if (colon == reading.end) return Line::cut;
  if (*colon != ':' || colon == name) return Line::wrong;
  const char* const value_end = skip_value(reading.base, colon + 1, reading.end);
  reading.at = value_end;
  if (const Line line = read_line_end(reading); line != Line::read) return line;
  const std::string_view value = without_blanks(colon + 1, value_end);
  head.fields[index] = {reading.piece(name, colon), reading.piece(value)};
  take_note(head, index, {name, static_cast<std::size_t>(colon - name)}, value);
  return Line::read;
}

/// All that are there, and the empty line behind them. What is cut is read again from its beginning.
Line read_fields(Reading& reading, std::size_t fields_max, Head& head) {
  std::size_t count = head.field_count;
  const char* line_begin = reading.at;
  Line line = Line::read;
  while (reading.at != reading.end && *reading.at != '\r') {
    if (count == fields_max) head.refusal = 431;
    line = count == fields_max ? Line::wrong : read_field(reading, head, count);
    if (line != Line::read) break;
    ++count;
    line_begin = reading.at;
  }
  head.field_count = static_cast<std::uint32_t>(count);
  if (line == Line::read) {
    line = read_line_end(reading);
    line_begin = reading.at;
  }
  head.next = static_cast<std::uint32_t>(line_begin - reading.base);
  return line;
}

/// A part of the head that may have `allowed` bytes, of those that have come.
struct Room {
  const char* end;
  bool is_all;  // that is allowed

  Room(std::string_view bytes, std::size_t from, std::size_t allowed)
      : end(bytes.data() + from + std::min(bytes.size() - from, allowed)),
        is_all(bytes.size() - from >= allowed) {}
};

Progress read_first_line(std::string_view bytes, const Limits& limits, Head& head) {
  Reading reading{bytes.data(), bytes.data() + head.begin, bytes.data() + bytes.size()};
  if (head.begin == 0 && !bytes.empty() && bytes.front() == '\r') {  // an empty line, at most one
    const Line line = read_line_end(reading);
    if (line == Line::cut) return Progress::more;
    if (line == Line::wrong) return refuse(head, 400);
    head.begin = head.next = 2;
  }
  const Room room(bytes, head.begin, limits.request_line_bytes + 2);  // and its end
  reading.end = room.end;
  const Line line = read_request_line(reading, head);
  if (line == Line::cut) return room.is_all ? refuse(head, 414) : Progress::more;
  if (line == Line::wrong) return refuse(head, 400);
  head.fields_at = head.next = static_cast<std::uint32_t>(reading.at - bytes.data());
  return head.refusal != 0 ? Progress::refused : Progress::done;
}

}  // namespace

Progress read_head(std::string_view bytes, const Limits& limits, Head& head) {
  if (head.fields_at == 0) {
    const Progress first = read_first_line(bytes, limits, head);
    if (first != Progress::done) return first;
  }
  const Room room(bytes, head.fields_at, limits.header_bytes);
  Reading reading{bytes.data(), bytes.data() + head.next, room.end};
  const Line line = read_fields(reading, limits.header_fields, head);
  if (line == Line::wrong) return refuse(head, head.refusal != 0 ? head.refusal : 400);
  if (line == Line::cut) return room.is_all ? refuse(head, 431) : Progress::more;
  head.base = bytes.data();
  return Progress::done;
}

}  // namespace weir::http
