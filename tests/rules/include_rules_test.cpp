// Who may include whom. A library sees the headers of those that it may use, and finds no other.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <ostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "lab/process.hpp"

namespace weir::test {
namespace {

namespace fs = std::filesystem;

/// Whose headers each library may include, besides its own.
const std::map<std::string, std::vector<std::string>> may_include{
    {"core", {"weir"}},
    {"models", {"weir", "core"}},
    {"lines", {"weir"}},
    {"amounts", {"weir"}},
    {"framed", {"weir"}},
    {"prime", {"weir", "lines"}},
    {"work", {"weir", "lines", "amounts"}},
    {"lookup", {"weir", "lines"}},
    {"chat", {"weir", "lines"}},
    {"wordgame", {"weir", "lines"}},
    {"relay", {"weir", "amounts"}},
    {"http", {"weir"}},
    {"load", {"weir", "core", "models"}},
    {"sim", {"weir", "core", "models", "load"}},
    {"lab", {}},
    {"prices", {"weir", "core", "models", "lab"}},
    {"cli", {"weir", "core", "models", "load", "sim", "lab", "prices", "describe"}},
    {"describe", {}},
};

/// One header of each.
const std::map<std::string, std::string> header_of{
    {"weir", "weir/time.hpp"},
    {"core", "core/limits.hpp"},
    {"models", "models/models.hpp"},
    {"lines", "lines/lines.hpp"},
    {"framed", "framed/codec.hpp"},
    {"prime", "prime/codec.hpp"},
    {"work", "work/request.hpp"},
    {"lookup", "lookup/question.hpp"},
    {"chat", "chat/room.hpp"},
    {"wordgame", "wordgame/game.hpp"},
    {"relay", "relay/session.hpp"},
    {"http", "http/head.hpp"},
    {"load", "load/histogram.hpp"},
    {"lab", "lab/format.hpp"},
    {"cli", "cli/failure.hpp"},
    {"describe", "describe/tokens.hpp"},
    {"sim", "sim/run.hpp"},
    {"prices", "prices/prices.hpp"},
    {"amounts", "amounts/amounts.hpp"},
};

struct Pair {
  std::string includer;
  std::string included;

  bool allowed() const {
    const std::vector<std::string>& others = may_include.at(includer);
    return includer == included ||
           std::find(others.begin(), others.end(), included) != others.end();
  }
  std::string name() const {
    return fmt::format("{}_{}_{}", includer, allowed() ? "may_include" : "must_not_see", included);
  }
};

std::ostream& operator<<(std::ostream& out, const Pair& pair) {
  return out << pair.name();
}

std::vector<Pair> every_pair() {
  std::vector<Pair> pairs;
  for (const auto& [includer, others] : may_include) {
    for (const auto& [included, header] : header_of) pairs.push_back({includer, included});
  }
  return pairs;
}

/// The include directories that CMake gives to the sources of `library`.
std::vector<std::string> include_options(const std::string& library) {
  std::ifstream list(WEIR_INCLUDE_DIRECTORIES);
  for (std::string line; std::getline(list, line);) {
    std::istringstream fields(line);
    std::string field;
    std::getline(fields, field, '|');
    if (field != library) continue;
    std::vector<std::string> options;
    while (std::getline(fields, field, '|')) options.push_back("-I" + field);
    return options;
  }
  throw std::runtime_error("nothing is known of the library " + library);
}

/// A source file that is gone with the object.
class TemporarySource {
 public:
  explicit TemporarySource(const std::string& text)
      : path_(fs::temp_directory_path() / fmt::format("weir_include_rules_{}.cpp", ::getpid())) {
    std::ofstream(path_) << text;
  }
  ~TemporarySource() { fs::remove(path_); }
  TemporarySource(const TemporarySource&) = delete;
  TemporarySource& operator=(const TemporarySource&) = delete;
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

class IncludeRules : public testing::TestWithParam<Pair> {};

// The preprocessor is enough: it is the one that looks for headers.
TEST_P(IncludeRules, AreHeldByTheCompiler) {
  const Pair& pair = GetParam();
  const TemporarySource source(fmt::format("#include \"{}\"\n", header_of.at(pair.included)));
  std::vector<std::string> argv{WEIR_COMPILER, "-std=c++20", "-E", "-o", "/dev/null"};
  const std::vector<std::string> options = include_options(pair.includer);
  argv.insert(argv.end(), options.begin(), options.end());
  argv.push_back(source.path());

  lab::Process compiler = lab::Process::start(argv);
  std::string said;
  while (const auto line = compiler.read_error_line(std::chrono::minutes(2))) said += *line + "\n";
  const int code = compiler.wait();
  if (pair.allowed()) {
    EXPECT_EQ(code, 0) << said;
    return;
  }
  EXPECT_NE(code, 0) << "it is found";
  // And for no other reason than that the header can't be found.
  const bool not_found = said.find("No such file") != std::string::npos ||
                         said.find("file not found") != std::string::npos;
  EXPECT_TRUE(not_found) << said;
}

INSTANTIATE_TEST_SUITE_P(Libraries, IncludeRules, testing::ValuesIn(every_pair()),
                         [](const auto& instance) { return instance.param.name(); });

}  // namespace
}  // namespace weir::test
