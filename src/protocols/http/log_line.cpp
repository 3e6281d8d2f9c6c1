#include "http/log_line.hpp"

#include <algorithm>
#include <array>

namespace weir::http {
namespace {

// How much of each a line holds, escaped; together with the rest less than a line's most.
constexpr std::size_t target_bytes_max = 2048;
constexpr std::size_t field_bytes_max = 704;
constexpr std::size_t begin_bytes_max = 256;

constexpr const char* hex_digits = "0123456789abcdef";

bool is_plain(char c) {
  const auto code = static_cast<unsigned char>(c);
  return code >= 0x20 && code < 0x7f && c != '"' && c != '\\';
}

void append_escaped(std::string& line, LogFormat format, char c) {
  const auto code = static_cast<unsigned char>(c);
  if (format == LogFormat::json && (c == '"' || c == '\\')) {
    (line += '\\') += c;
  } else {
    line += format == LogFormat::json ? "\\u00" : "\\x";
    (line += hex_digits[code >> 4]) += hex_digits[code & 15];
  }
}

void append_text(std::string& line, LogFormat format, std::string_view text, std::size_t most) {
  constexpr std::size_t longest = 6;  // that a character can become
  const std::size_t end = line.size() + most;
  while (!text.empty()) {
    const auto* const odd = std::find_if_not(text.begin(), text.end(), is_plain);
    const auto plain = static_cast<std::size_t>(odd - text.begin());
    const std::size_t taken = line.size() + longest;
    const std::size_t room = taken < end ? end - taken : 0;
    line += text.substr(0, std::min(plain, room));
    if (plain == text.size() && plain <= room) return;
    if (line.size() + longest >= end) {
      line += "...";
      return;
    }
    append_escaped(line, format, *odd);
    text.remove_prefix(plain + 1);
  }
}

/// The first line of what came.
std::string_view first_line(std::string_view begin) {
  while (begin.starts_with("\r\n")) begin.remove_prefix(2);
  return begin.substr(0, begin.find_first_of("\r\n"));
}

std::string digits(long number, std::size_t width) {
  const std::string all = std::to_string(number);
  return std::string(width > all.size() ? width - all.size() : 0, '0') + all;
}

std::string time_of_combined(std::time_t second) {
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm parts{};
  ::gmtime_r(&second, &parts);
  std::string text = digits(parts.tm_mday, 2) + '/';
  text += months[static_cast<std::size_t>(parts.tm_mon)];
  text += '/' + digits(parts.tm_year + 1900, 4) + ':' + digits(parts.tm_hour, 2) + ':';
  return text += digits(parts.tm_min, 2) + ':' + digits(parts.tm_sec, 2) + " +0000";
}

std::string time_of_json(std::time_t second) {
  std::tm parts{};
  ::gmtime_r(&second, &parts);
  std::string text = digits(parts.tm_year + 1900, 4) + '-' + digits(parts.tm_mon + 1, 2) + '-';
  text += digits(parts.tm_mday, 2) + 'T' + digits(parts.tm_hour, 2) + ':';
  return text += digits(parts.tm_min, 2) + ':' + digits(parts.tm_sec, 2);
}

/// The time to the second, which is made once in a second.
std::string_view second_text(LogFormat format, std::time_t second) {
  struct Made {
    std::time_t second = -1;
    std::string text;
  };
  thread_local std::array<Made, 2> made;
  Made& own = made[format == LogFormat::json ? 1 : 0];
  if (own.second != second) {
    own = {second, format == LogFormat::json ? time_of_json(second) : time_of_combined(second)};
  }
  return own.text;
}

BytesPlace append_bytes(std::string& line, std::uint64_t bytes) {
  const BytesPlace place{line.size(), 0};
  line += std::to_string(bytes);
  return {place.at, line.size() - place.at};
}

void append_field(std::string& line, LogFormat format, const Request* request,
                  std::string_view name, std::string_view otherwise) {
  const auto value = request == nullptr ? std::nullopt : request->header(name);
  append_text(line, format, value.value_or(otherwise), field_bytes_max);
}

BytesPlace append_combined(std::string& line, const LogEntry& entry) {
  constexpr LogFormat format = LogFormat::combined;
  line.append(entry.client).append(" - - [").append(second_text(format, entry.time.tv_sec));
  line += "] \"";
  if (const Request* const request = entry.request; request != nullptr) {
    append_text(line, format, request->method(), begin_bytes_max);
    append_text(line += ' ', format, request->target(), target_bytes_max);
    line.append(" HTTP/1.").append(std::to_string(request->minor_version()));
  } else {
    append_text(line, format, first_line(entry.begin), begin_bytes_max);
  }
  line.append("\" ").append(std::to_string(entry.status)).append(" ");
  const BytesPlace place = append_bytes(line, entry.bytes);
  append_field(line += " \"", format, entry.request, "referer", "-");
  append_field(line += "\" \"", format, entry.request, "user-agent", "-");
  line += "\"\n";
  return place;
}

BytesPlace append_json(std::string& line, const LogEntry& entry) {
  constexpr LogFormat format = LogFormat::json;
  line.append("{\"time\":\"").append(second_text(format, entry.time.tv_sec));
  line.append(".").append(digits(entry.time.tv_nsec / 1'000'000, 3)).append("Z\",\"client\":\"");
  line.append(entry.client).append("\",");
  if (const Request* const request = entry.request; request != nullptr) {
    append_text(line += "\"method\":\"", format, request->method(), begin_bytes_max);
    append_text(line += "\",\"target\":\"", format, request->target(), target_bytes_max);
    line.append("\",\"version\":\"1.").append(std::to_string(request->minor_version()));
  } else {
    append_text(line += "\"refused\":\"", format, first_line(entry.begin), begin_bytes_max);
  }
  line.append("\",\"status\":").append(std::to_string(entry.status)).append(",\"bytes\":");
  const BytesPlace place = append_bytes(line, entry.bytes);
  append_field(line += ",\"referer\":\"", format, entry.request, "referer", "");
  append_field(line += "\",\"user_agent\":\"", format, entry.request, "user-agent", "");
  line += "\"}\n";
  return place;
}

}  // namespace

BytesPlace append_line(std::string& lines, LogFormat format, const LogEntry& entry) {
  return format == LogFormat::json ? append_json(lines, entry) : append_combined(lines, entry);
}

void put_bytes(std::string& lines, BytesPlace place, std::uint64_t bytes) {
  lines.replace(place.at, place.size, std::to_string(bytes));
}

}  // namespace weir::http
