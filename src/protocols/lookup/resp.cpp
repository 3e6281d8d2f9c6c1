#include "lookup/resp.hpp"

#include <charconv>
#include <stdexcept>

namespace weir::lookup {
namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::size_t short_line_bytes_max = 1024;  // of a line that is a number, or says an error

}  // namespace

std::string resp_command(std::initializer_list<std::string_view> words) {
  std::string text = "*" + std::to_string(words.size()) + "\r\n";
  for (const std::string_view word : words) {
    text += "$" + std::to_string(word.size()) + "\r\n";
    text += word;
    text += line_end;
  }
  return text;
}

std::optional<Reply> ReplyReader::feed(std::string_view bytes) {
  heard_ += bytes;
  const std::size_t end = heard_.find(line_end);
  if (end == std::string::npos) {
    if (heard_.size() > short_line_bytes_max)
      throw std::runtime_error("Redis said a line without an end");
    return std::nullopt;
  }
  const std::string_view line = std::string_view(heard_).substr(0, end);
  const std::string_view rest = line.empty() ? line : line.substr(1);
  switch (line.empty() ? '\0' : line.front()) {
    case '+':
    case ':':
      return Reply{Reply::Kind::text, std::string(rest)};
    case '-':
      return Reply{Reply::Kind::error, std::string(rest)};
    case '$':
      return bulk(rest, end + line_end.size());
    default:
      throw std::runtime_error("Redis said something that is no answer");
  }
}

std::optional<Reply> ReplyReader::bulk(std::string_view line, std::size_t begin) {
  long size = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), size);
  if (error != std::errc() || end != line.data() + line.size() || size < -1) {
    throw std::runtime_error("Redis said a length that is no number");
  }
  if (size == -1) return Reply{Reply::Kind::nothing, ""};
  const auto bytes = static_cast<std::size_t>(size);
  if (bytes > value_bytes_max) throw std::runtime_error("the value is longer than 64 KiB");
  if (heard_.size() < begin + bytes + line_end.size()) return std::nullopt;
  return Reply{Reply::Kind::text, heard_.substr(begin, bytes)};
}

}  // namespace weir::lookup
