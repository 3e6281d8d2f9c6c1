#include "cli/results_file.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>

#include "cli/failure.hpp"
#include "lab/results_read.hpp"

namespace weir::cli {

std::string read_made_file(const std::string& path, const std::string& verb) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw Failure(wrong_usage, fmt::format("can't read {}: {}; weir {} --json {} makes it", path,
                                           std::strerror(errno), verb, path));
  }
  std::ostringstream text;
  text << file.rdbuf();  // nothing, when it is a directory
  return text.str();
}

void refuse_file(const std::string& path, const std::string& why) {
  const bool json = why.rfind("not JSON", 0) != 0;  // which is followed by the library's own words
  throw Failure(wrong_usage, fmt::format("{} can't be used: {}; name another file", path,
                                         json ? why : "it is not JSON"));
}

bool holds_scenarios(const std::string& path) {
  constexpr std::string_view mark = "weir.scenarios/1";
  std::ifstream file(path, std::ios::binary);
  std::string head(4 * mark.size(), '\0');  // the schema comes first
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  return head.find(mark) != std::string::npos;
}

std::vector<lab::Trial> read_trials(const std::string& path) {
  const std::string text = read_made_file(path, "compare");
  try {
    return lab::trials_from_json(text);
  } catch (const std::runtime_error& error) {
    refuse_file(path, error.what());
  }
}

lab::Results read_results(const std::string& path) {
  const std::string text = read_made_file(path, "compare --sweep");
  try {
    return lab::from_json(text);
  } catch (const std::runtime_error& error) {
    refuse_file(path, error.what());
  }
}

}  // namespace weir::cli
