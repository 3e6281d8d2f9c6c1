#include "http/path.hpp"

#include <algorithm>
#include <optional>

#include "http/characters.hpp"

namespace weir::http {
namespace {

/// The next character of the path, decoded, taken off it; none: it must not stand there.
std::optional<char> take_character(std::string_view& path) {
  char c = path.front();
  path.remove_prefix(1);
  const bool escaped = c == '%';
  if (escaped) {
    if (path.size() < 2 || !is_hex(path[0]) || !is_hex(path[1])) return std::nullopt;
    c = static_cast<char>(hex_value(path[0]) * 16 + hex_value(path[1]));
    path.remove_prefix(2);
  }
  const auto byte = static_cast<unsigned char>(c);
  if (byte < 0x20 || byte == 0x7F || c == '\\' || (escaped && c == '/')) return std::nullopt;
  return c;
}

bool is_hidden(std::string_view path) {
  constexpr std::string_view well_known = ".well-known";
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view segment = path.substr(at, end - at);
    if (segment.starts_with('.') && !(at == 0 && segment == well_known)) return true;
    at = end + 1;
  }
  return false;
}

}  // namespace

FilePath file_path(std::string_view path) {
  FilePath found;
  while (!path.empty()) {
    const std::optional<char> c = take_character(path);
    if (!c) return {400};
    const bool again = *c == '/' && (found.text.empty() || found.text.back() == '/');
    found.directory = *c == '/';
    if (!again) found.text += *c;
  }
  if (is_hidden(found.text)) return {404};
  if (found.directory && !found.text.empty()) found.text.pop_back();
  return found;
}

}  // namespace weir::http
