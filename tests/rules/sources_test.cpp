// What holds for every source of the tree.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "rules/coroutine_rules.hpp"

namespace weir::test {
namespace {

namespace fs = std::filesystem;

struct Source {
  std::string path;  // in the tree
  std::string text;

  bool is_header() const { return path.ends_with(".hpp"); }
  bool is_in(const std::string& directory) const { return path.starts_with(directory + "/"); }
  auto lines() const { return std::count(text.begin(), text.end(), '\n'); }
};

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<Source> read_sources() {
  const fs::path root = WEIR_SOURCE_DIR;
  std::vector<Source> sources;
  for (const char* directory : {"include", "src", "examples", "tests", "bench"}) {
    if (!fs::exists(root / directory)) continue;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / directory)) {
      const std::string extension = entry.path().extension();
      if (extension != ".hpp" && extension != ".cpp") continue;
      sources.push_back({fs::relative(entry.path(), root).string(), contents(entry.path())});
    }
  }
  return sources;
}

const std::vector<Source>& sources() {
  static const std::vector<Source> all = read_sources();
  return all;
}

/// The first line on which `wanted` is found; 0 when there is none.
std::size_t line_with(const std::string& text, const std::regex& wanted) {
  std::smatch match;
  if (!std::regex_search(text, match, wanted)) return 0;
  const auto end = text.begin() + match.position(0);
  return static_cast<std::size_t>(std::count(text.begin(), end, '\n')) + 1;
}

TEST(Sources, AreFound) {
  const auto any = [](const std::function<bool(const Source&)>& wanted) {
    return std::any_of(sources().begin(), sources().end(), wanted);
  };
  for (const char* directory : {"include/weir", "src/core", "src/models", "src/cli", "src/lab",
                                "src/load", "src/protocols/framed", "examples/by_hand"}) {
    EXPECT_TRUE(any([&](const Source& source) { return source.is_in(directory); })) << directory;
  }
}

TEST(Sources, KeepTheCoroutineRules) {
  for (const Source& source : sources()) {
    for (const Violation& violation : coroutine_violations(source.text)) {
      ADD_FAILURE() << source.path << ":" << violation.line << ": breaks rule " << violation.rule
                    << " (tests/rules/coroutine_rules.hpp)";
    }
  }
}

TEST(Sources, IncludeNothingByItsPlace) {
  const std::regex upwards(R"(#\s*include\s*["<][^">]*\.\./)");
  for (const Source& source : sources()) {
    const std::size_t line = line_with(source.text, upwards);
    EXPECT_EQ(line, 0u) << source.path << ":" << line << ": write the path from the library's name";
  }
}

TEST(Sources, DefineNoMacro) {
  const std::regex macro(R"((^|\n)[ \t]*#[ \t]*define)");
  for (const Source& source : sources()) {
    if (source.path == "src/core/compiler.hpp") continue;
    const std::size_t line = line_with(source.text, macro);
    EXPECT_EQ(line, 0u) << source.path << ":" << line << ": macros are for src/core/compiler.hpp";
  }
}

TEST(Sources, GuardTheirHeaders) {
  for (const Source& source : sources()) {
    if (!source.is_header()) continue;
    EXPECT_NE(source.text.find("#pragma once\n"), std::string::npos) << source.path;
  }
}

/// The most lines that a file may have: a model fits into a reader's head.
long lines_max(const Source& source) {
  if (source.path == "src/models/uring.cpp" || source.path == "src/models/uv.cpp") return 300;
  return source.is_in("src/models") ? 200 : 300;
}

TEST(Sources, FitIntoAReadersHead) {
  for (const Source& source : sources()) {
    EXPECT_LE(source.lines(), lines_max(source)) << source.path;
  }
}

}  // namespace
}  // namespace weir::test
