#include "cli/wrap.hpp"

namespace weir::cli {
namespace {

// One paragraph; `line` is what stands on its first line already.
std::string wrapped_paragraph(std::string_view text, std::string line, std::size_t indent) {
  std::string result;
  bool begins = true;  // no word on this line yet
  while (!text.empty()) {
    const std::size_t end = text.find(' ');
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (word.empty()) continue;
    if (!begins && line.size() + 1 + word.size() > terminal_columns) {
      result += line + "\n";
      line.assign(indent, ' ');
      begins = true;
    }
    if (!begins) line += ' ';
    line += word;
    begins = false;
  }
  return result + line + "\n";
}

}  // namespace

std::string wrapped(std::string_view text, std::string_view first, std::size_t indent) {
  std::string result;
  std::string line(first);
  for (;;) {
    const std::size_t end = text.find('\n');
    result += wrapped_paragraph(text.substr(0, end), line, indent);
    if (end == std::string_view::npos) return result;
    text.remove_prefix(end + 1);
    line.assign(indent, ' ');
  }
}

}  // namespace weir::cli
