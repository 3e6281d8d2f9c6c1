#include "support/http_cases.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>

namespace weir::test {
namespace {

namespace fs = std::filesystem;

/// Takes an escape, whose backslash is gone, off `text`.
char take_escape(std::string_view& text) {
  if (text.empty()) throw std::runtime_error("an escape has no end");
  const char c = text.front();
  text.remove_prefix(1);
  constexpr std::string_view names = "rnt0s\\";
  constexpr std::string_view values{"\r\n\t\0 \\", 6};
  if (const std::size_t at = names.find(c); at != std::string_view::npos) return values[at];
  if (c != 'x' || text.size() < 2) throw std::runtime_error("an escape that is unknown");
  const std::string digits(text.substr(0, 2));
  text.remove_prefix(2);
  return static_cast<char>(std::strtoul(digits.c_str(), nullptr, 16));
}

std::string unescaped(std::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c == '\\') {
      bytes += take_escape(text);
    } else if (c == '{') {
      const std::size_t star = text.find('*');
      const std::size_t end = text.find('}');
      if (star > end || end == std::string_view::npos) throw std::runtime_error("{x*N} is cut");
      const std::string part = unescaped(text.substr(0, star));
      const std::string count(text.substr(star + 1, end - star - 1));
      for (unsigned long i = std::strtoul(count.c_str(), nullptr, 10); i > 0; --i) bytes += part;
      text.remove_prefix(end + 1);
    } else {
      bytes += c;
    }
  }
  return bytes;
}

/// Adds what the line says to the cases.
void take_line(std::vector<HttpCase>& cases, const std::string& file, const std::string& line) {
  if (line.empty() || line.front() == '#') return;
  if (line.starts_with("== ")) {
    cases.push_back({file + ": " + line.substr(3), "", {}});
    return;
  }
  if (cases.empty()) throw std::runtime_error("a case begins with == and its title");
  HttpCase& last = cases.back();
  if (line.starts_with(">> ")) {
    last.bytes += unescaped(line.substr(3));
  } else if (line == ">" || line.starts_with("> ")) {
    last.bytes += unescaped(line.substr(std::min<std::size_t>(2, line.size()))) + "\r\n";
  } else if (line.starts_with("< ")) {
    last.outcomes.push_back({line.substr(2)});
  } else if (line.starts_with("= ") && !last.outcomes.empty()) {
    last.outcomes.back().about.push_back(unescaped(line.substr(2)));
  } else {
    throw std::runtime_error("a line begins with ==, >, >>, <, = or #");
  }
}

void read_cases(const fs::path& path, std::vector<HttpCase>& cases) {
  std::ifstream file(path);
  std::size_t number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    try {
      take_line(cases, path.stem().string(), line);
    } catch (const std::runtime_error& error) {
      throw std::runtime_error(fmt::format("{}:{}: {}", path.string(), number, error.what()));
    }
  }
}

}  // namespace

std::vector<HttpCase> http_cases() {
  std::vector<fs::path> files;
  for (const auto& entry :
       fs::directory_iterator(fs::path(WEIR_SOURCE_DIR) / "tests/http/transcripts")) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<HttpCase> cases;
  for (const fs::path& file : files) read_cases(file, cases);
  if (cases.empty()) throw std::runtime_error("there are no cases in tests/http/transcripts");
  return cases;
}

}  // namespace weir::test
