#include "describe/tokens.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace weir::describe {
namespace {

bool is_word_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

class Reader {
 public:
  explicit Reader(std::string_view source) : source_(source) {}

  std::vector<Token> read() {
    while (at_ < source_.size()) next();
    return std::move(tokens_);
  }

  std::size_t lines_of_code() const { return lines_.size(); }

 private:
  bool starts(std::string_view with) const { return source_.substr(at_).starts_with(with); }

  void next() {
    const char c = source_[at_];
    if (c == '\n') {
      line_begins_ = true;
      return skip(1);
    }
    if (is_blank(c)) return skip(1);
    if (starts("//")) return skip_to(source_.find('\n', at_));
    if (starts("/*")) return skip_past(source_.find("*/", at_), 2);
    if (c == '#' && line_begins_) return skip_directive();
    line_begins_ = false;
    if (c == '"' || c == '\'') return literal(c);
    if (is_word_char(c)) return word();
    const std::size_t size = starts("::") || starts("->") ? 2 : 1;
    add(std::string(source_.substr(at_, size)), false);
    skip(size);
  }

  void word() {
    std::size_t end = at_;
    const bool number = is_digit(source_[at_]);
    while (end < source_.size() && (is_word_char(source_[end]) ||
                                    (number && (source_[end] == '\'' || source_[end] == '.')))) {
      ++end;
    }
    const std::string text(source_.substr(at_, end - at_));
    const bool prefix =
        text == "R" || text == "LR" || text == "u8R" || text == "uR" || text == "UR";
    if (prefix && end < source_.size() && source_[end] == '"') return raw_literal(end);
    add(text, !number);
    skip_to(end);
  }

  void raw_literal(std::size_t quote) {
    const std::size_t parenthesis = source_.find('(', quote);
    if (parenthesis == std::string_view::npos) return skip_to(source_.size());
    const std::string_view delimiter = source_.substr(quote + 1, parenthesis - quote - 1);
    const std::string end = ")" + std::string(delimiter) + "\"";
    add("\"\"", false);
    const std::size_t first = line_;
    skip_past(source_.find(end, parenthesis), end.size());
    add_lines(first, line_);
  }

  void literal(char quote) {
    std::size_t end = at_ + 1;
    while (end < source_.size() && source_[end] != quote && source_[end] != '\n') {
      end += source_[end] == '\\' ? 2 : 1;
    }
    add("\"\"", false);
    skip_to(end + 1);
  }

  void skip_directive() {
    std::size_t end = at_;
    do {
      end = std::min(source_.find('\n', end + 1), source_.size());
    } while (end < source_.size() && source_[end - 1] == '\\');
    const std::size_t first = line_;
    skip_to(end);
    add_lines(first, line_);
  }

  void add_lines(std::size_t first, std::size_t last) {
    for (std::size_t line = first; line <= last; ++line) lines_.insert(line);
  }

  void add(std::string text, bool is_word) {
    const bool begins = at_ == 0;
    const bool after_space = begins || is_blank(source_[at_ - 1]);
    tokens_.push_back({std::move(text), line_, is_word, after_space});
    lines_.insert(line_);
  }

  void skip(std::size_t count) { skip_to(at_ + count); }

  void skip_past(std::size_t found, std::size_t size) {
    skip_to(found == std::string_view::npos ? source_.size() : found + size);
  }

  void skip_to(std::size_t end) {
    end = std::min(end, source_.size());
    line_ += static_cast<std::size_t>(std::count(source_.begin() + static_cast<long>(at_),
                                                 source_.begin() + static_cast<long>(end), '\n'));
    at_ = end;
  }

  std::string_view source_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  bool line_begins_ = true;
  std::vector<Token> tokens_;
  std::set<std::size_t> lines_;  // that hold code
};

int step(const std::string& text) {
  if (text == "(" || text == "[" || text == "{") return 1;
  if (text == ")" || text == "]" || text == "}") return -1;
  return 0;
}

}  // namespace

std::vector<Token> tokens_of(std::string_view source) {
  return Reader(source).read();
}

std::size_t lines_of_code(std::string_view source) {
  Reader reader(source);
  reader.read();
  return reader.lines_of_code();
}

std::size_t closing(const std::vector<Token>& tokens, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < tokens.size(); ++i) {
    depth += step(tokens[i].text);
    if (depth == 0) return i;
  }
  return tokens.size();
}

std::size_t opening(const std::vector<Token>& tokens, std::size_t close) {
  int depth = 0;
  for (std::size_t i = close + 1; i-- > 0;) {
    depth += step(tokens[i].text);
    if (depth == 0) return i;
  }
  return 0;
}

}  // namespace weir::describe
