#include "cli/models_page.hpp"

#include <algorithm>
#include <sstream>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "cli/described.hpp"
#include "cli/model_table.hpp"

namespace weir::cli {
namespace {

constexpr const char* made_by =
    "<!-- Made by `./run explain --all --markdown > docs/MODELS.md` from the comments in "
    "src/models "
    "and from docs/models.md.in: change those. -->\n\n";

/// What in a comment would be read as HTML is not, outside of `code`.
std::string markdown(std::string_view text) {
  std::string result;
  bool code = false;
  for (const char c : text) {
    if (c == '`') code = !code;
    if (!code && c == '<') result += '\\';
    result += c;
  }
  return result;
}

std::string capitalized(std::string text) {
  if (text.front() >= 'a' && text.front() <= 'z') text.front() += 'A' - 'a';
  return text;
}

std::string first_sentence(const std::string& text) {
  const std::size_t end = std::min(text.find(". "), text.find('\n'));
  if (end == std::string::npos) return text;
  return text.substr(0, text[end] == '.' ? end + 1 : end);
}

/// The answer to the question in which `words` occur.
std::string answer(const describe::Head& head, std::string_view words) {
  for (const describe::Passage& passage : head.passages) {
    if (passage.question.find(words) != std::string::npos) return passage.text;
  }
  return "";
}

std::string cell(const std::string& text) {
  std::string result;
  for (const char c : markdown(text)) {
    if (c == '|') result += '\\';
    result += c;
  }
  return result;
}

std::string glance() {
  std::string text =
      "| model | who waits, and where? | where does a connection's state live? | a crash? |\n"
      "|---|---|---|---|\n";
  for (const std::string& name : model_names()) {
    const describe::SourceFacts* facts = facts_of_model(name);
    if (facts == nullptr) continue;
    text += fmt::format("| `{}`", name);
    for (const char* words : {"waits", "state live", "crash"}) {
      text += " | " + cell(first_sentence(answer(facts->head, words)));
    }
    text += " |\n";
  }
  return text;
}

std::string sources(const std::string& name) {
  std::string text = fmt::format("[src/models/{0}.cpp](../src/models/{0}.cpp)", name);
  if (facts_of_twin(name) != nullptr) {
    text += fmt::format("; by hand: [examples/by_hand/{0}.cpp](../examples/by_hand/{0}.cpp)", name);
  }
  return text;
}

std::string section(const std::string& name, const describe::Head& head) {
  std::string text = fmt::format("## {}\n\n", name);
  if (!head.title.empty()) text += fmt::format("**{}.** ", markdown(capitalized(head.title)));
  text += sources(name) + "\n";
  for (const describe::Passage& passage : head.passages) {
    text += "\n";
    if (!passage.question.empty()) text += fmt::format("*{}* ", markdown(passage.question));
    const std::size_t items = passage.text.find("\n- ");
    text += markdown(passage.text.substr(0, items)) + "\n";
    if (items != std::string::npos) text += "\n" + markdown(passage.text.substr(items + 1)) + "\n";
  }
  return text;
}

std::string sections() {
  std::string text;
  for (const std::string& name : model_names()) {
    const describe::SourceFacts* facts = facts_of_model(name);
    if (facts == nullptr) continue;
    text += (text.empty() ? "" : "\n") + section(name, facts->head);
  }
  return text;
}

/// The model that a line of the frame is about; empty: none.
std::string model_of_line(const std::string& line) {
  constexpr std::string_view begin = "| [`";
  if (!line.starts_with(begin)) return "";
  return line.substr(begin.size(), line.find('`', begin.size()) - begin.size());
}

}  // namespace

std::string models_page() {
  const std::vector<std::string> known = model_names();
  std::istringstream frame{std::string(describe::models_frame())};
  std::string page = made_by;
  for (std::string line; std::getline(frame, line);) {
    const std::string about = model_of_line(line);
    if (line == "{{glance}}")
      page += glance();
    else if (line == "{{models}}")
      page += sections();
    else if (about.empty() || std::find(known.begin(), known.end(), about) != known.end())
      page += line + "\n";
  }
  return page;
}

}  // namespace weir::cli
