#include "describe/head.hpp"

#include <cstddef>
#include <string>

namespace weir::describe {
namespace {

// The lines of the comment, without `//` and the blank behind it.
std::vector<std::string> comment_lines(std::string_view source) {
  std::vector<std::string> lines;
  while (source.starts_with("//")) {
    const std::size_t end = source.find('\n');
    std::string_view line = source.substr(2, end == std::string_view::npos ? end : end - 2);
    if (line.starts_with(' ')) line.remove_prefix(1);
    while (line.ends_with(' ') || line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
    if (end == std::string_view::npos) break;
    source.remove_prefix(end + 1);
  }
  return lines;
}

std::string without_indent(const std::string& line) {
  const std::size_t begin = line.find_first_not_of(' ');
  return begin == std::string::npos ? "" : line.substr(begin);
}

// Where the answer begins on a line that asks a question; npos when it asks none.
std::size_t answer_begin(const std::string& line) {
  constexpr std::string_view mark = "?  ";
  const std::size_t at = line.find(mark);
  if (line.starts_with(' ') || at == std::string::npos) return std::string::npos;
  return line.find_first_not_of(' ', at + 1);
}

void append(std::string& text, const std::string& line) {
  const bool item = line.starts_with("- ");
  if (!text.empty()) text += item ? '\n' : ' ';
  text += line;
}

// The title's paragraph: `NAME: one thread, and a loop.` and what the same paragraph says beyond.
void read_title(Head& head, const std::string& paragraph) {
  const std::size_t colon = paragraph.find(": ");
  if (colon == std::string::npos) {
    head.passages.insert(head.passages.begin(), Passage{"", paragraph});
    return;
  }
  const std::string rest = paragraph.substr(colon + 2);
  const std::size_t stop = rest.find(". ");
  head.title = rest.substr(0, stop);
  if (head.title.ends_with('.')) head.title.pop_back();
  if (stop == std::string::npos) return;
  head.passages.insert(head.passages.begin(), Passage{"", rest.substr(stop + 2)});
}

}  // namespace

Head head_of(std::string_view source) {
  Head head;
  bool fresh = true;  // a new passage begins with the next line
  for (const std::string& line : comment_lines(source)) {
    const std::size_t answer = answer_begin(line);
    if (answer != std::string::npos) {
      head.passages.push_back({line.substr(0, line.find('?') + 1), line.substr(answer)});
      fresh = false;
    } else if (line.empty()) {
      fresh = true;
    } else {
      if (fresh) head.passages.emplace_back();
      fresh = false;
      append(head.passages.back().text, without_indent(line));
    }
  }
  if (head.passages.empty() || !head.passages.front().question.empty()) return head;
  const std::string first = head.passages.front().text;
  head.passages.erase(head.passages.begin());
  read_title(head, first);
  return head;
}

}  // namespace weir::describe
