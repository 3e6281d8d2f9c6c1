// weir_describer ROOT OUTPUT FRAME SOURCE...: writes a C++ file that knows what the sources say of
// themselves. Paths are relative to ROOT. The build runs it.
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "describe/counts.hpp"
#include "describe/facts.hpp"
#include "describe/head.hpp"

namespace weir::describe {
namespace {

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("can't read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// As a string literal; a long text is one literal a line.
std::string literal(const std::string& text) {
  std::string result = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n')
      result += i + 1 < text.size() ? "\\n\"\n\"" : "\\n";
    else if (c == '"' || c == '\\')
      result += std::string("\\") + c;
    else if (c == '?')
      result += "\\?";  // no trigraphs
    else
      result += c;
  }
  return result + "\"";
}

std::string list_of(const std::vector<Calls>& calls) {
  std::string result = "{";
  for (const Calls& each : calls) {
    result += "{" + literal(each.name) + ", " + std::to_string(each.times) + "}, ";
  }
  return result + "}";
}

std::string list_of(const std::vector<Passage>& passages) {
  std::string result = "{";
  for (const Passage& each : passages) {
    result += "\n{" + literal(each.question) + ",\n" + literal(each.text) + "},";
  }
  return result + "}";
}

std::string entry(const std::string& root, const std::string& path) {
  const std::string source = contents(root + "/" + path);
  const Head head = head_of(source);
  const bool of_weir = path.starts_with("src/");
  const Counts counts = count(source, of_weir ? Spelling::global : Spelling::any);
  return "{" + literal(path) + ",\n{" + literal(head.title) + ",\n" + list_of(head.passages) +
         "},\n{" + std::to_string(counts.lines) + ", " + std::to_string(counts.branches) + ", " +
         list_of(counts.system_calls) + ", " + list_of(counts.library_calls) + "}},\n";
}

void generate(int argc, char** argv) {
  if (argc < 4) throw std::runtime_error("usage: weir_describer ROOT OUTPUT FRAME SOURCE...");
  const std::string root = argv[1];
  std::string text =
      "#include \"describe/facts.hpp\"\n\nnamespace weir::describe {\n\n"
      "const std::vector<SourceFacts>& source_facts() {\n"
      "static const std::vector<SourceFacts> facts{\n";
  for (int i = 4; i < argc; ++i) text += entry(root, argv[i]);
  text += "};\nreturn facts;\n}\n\nstd::string_view models_frame() {\nreturn " +
          literal(contents(root + "/" + argv[3])) + ";\n}\n\n}  // namespace weir::describe\n";
  std::ofstream file(argv[2], std::ios::binary);
  file << text << std::flush;
  if (!file) throw std::runtime_error(std::string("can't write ") + argv[2]);
}

}  // namespace
}  // namespace weir::describe

int main(int argc, char** argv) {
  try {
    weir::describe::generate(argc, argv);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "weir_describer: %s\n", error.what());
    return 1;
  }
}
