#include "http/media_type.hpp"

#include <array>

#include "http/characters.hpp"

namespace weir::http {
namespace {

struct Known {
  std::string_view ending;
  std::string_view type;
};

constexpr std::array known{
    Known{"html", "text/html; charset=utf-8"},
    Known{"htm", "text/html; charset=utf-8"},
    Known{"css", "text/css; charset=utf-8"},
    Known{"js", "text/javascript; charset=utf-8"},
    Known{"mjs", "text/javascript; charset=utf-8"},
    Known{"json", "application/json"},
    Known{"map", "application/json"},
    Known{"webmanifest", "application/manifest+json"},
    Known{"txt", "text/plain; charset=utf-8"},
    Known{"md", "text/markdown; charset=utf-8"},
    Known{"csv", "text/csv; charset=utf-8"},
    Known{"xml", "application/xml"},
    Known{"svg", "image/svg+xml"},
    Known{"png", "image/png"},
    Known{"jpg", "image/jpeg"},
    Known{"jpeg", "image/jpeg"},
    Known{"gif", "image/gif"},
    Known{"webp", "image/webp"},
    Known{"avif", "image/avif"},
    Known{"ico", "image/vnd.microsoft.icon"},
    Known{"woff", "font/woff"},
    Known{"woff2", "font/woff2"},
    Known{"ttf", "font/ttf"},
    Known{"otf", "font/otf"},
    Known{"wasm", "application/wasm"},
    Known{"pdf", "application/pdf"},
    Known{"zip", "application/zip"},
    Known{"gz", "application/gzip"},
    Known{"mp3", "audio/mpeg"},
    Known{"ogg", "audio/ogg"},
    Known{"wav", "audio/wav"},
    Known{"mp4", "video/mp4"},
    Known{"webm", "video/webm"},
};

}  // namespace

std::string_view media_type(std::string_view path) noexcept {
  const std::size_t name = path.rfind('/') + 1;  // npos + 1 is 0
  const std::size_t dot = path.rfind('.');
  if (dot != std::string_view::npos && dot > name) {
    const std::string_view ending = path.substr(dot + 1);
    for (const Known& each : known) {
      if (equals(ending, each.ending)) return each.type;
    }
  }
  return "application/octet-stream";
}

}  // namespace weir::http
