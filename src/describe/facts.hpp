// What the build finds out about the sources that explain the models: their head comments, and
// counts of what is written in them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weir::describe {

/// A part of a head comment: an answer with its question, or a paragraph without.
struct Passage {
  std::string question;  ///< empty: a paragraph
  std::string text;      ///< on one line; items of a list each on a line of their own, behind "- "
};

/// A head comment, as src/models/epoll.cpp has it.
struct Head {
  std::string title;  ///< what its first sentence says behind the colon, without the full stop
  std::vector<Passage> passages;
};

/// A name, and how often it is called.
struct Calls {
  std::string name;
  std::size_t times = 0;
};

struct Counts {
  std::size_t lines = 0;            ///< those with more than blanks and comments
  std::size_t branches = 0;         ///< if, for, while, case, catch, &&, || and ?:
  std::vector<Calls> system_calls;  ///< by name, in the order of the alphabet
  std::vector<Calls> library_calls;
};

/// What is known of one source file.
struct SourceFacts {
  std::string path;  ///< in the tree: "src/models/epoll.cpp"
  Head head;
  Counts counts;
};

/// Returns the facts of all models, twins and of the framed service. The build makes this function:
/// generator/main.cpp.
const std::vector<SourceFacts>& source_facts();

/// Returns the text that docs/MODELS.md is made of, docs/models.md.in, as the build found it.
std::string_view models_frame();

}  // namespace weir::describe
