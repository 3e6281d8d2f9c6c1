#include "lab/terminal_text.hpp"

#include <sstream>

#include <fmt/format.h>

namespace weir::lab {
namespace {

constexpr std::size_t text_columns = 100;

}  // namespace

std::string toned(const std::string& text, Tone tone, Colour colour) {
  if (colour == Colour::none || tone == Tone::plain) return text;
  const char* code = tone == Tone::strong ? "1" : tone == Tone::faint ? "2" : "33";
  return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::string wrapped(const std::string& text) {
  std::istringstream words(text);
  std::string result;
  std::size_t at = 0;
  for (std::string word; words >> word;) {
    if (at > 0 && at + 1 + word.size() > text_columns) {
      result += '\n';
      at = 0;
    }
    if (at > 0) result += ' ';
    at += (at > 0 ? 1 : 0) + word.size();
    result += word;
  }
  return result + "\n";
}

}  // namespace weir::lab
