#include "cli/figures_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>

#include "cli/failure.hpp"
#include "lab/json.hpp"

namespace weir::cli {
namespace {

constexpr const char* usual_file = "results.json";

lab::Json parsed(const std::string& path, const std::string& text) {
  try {
    lab::Json json = lab::Json::parse(text);
    if (json.at("schema").text_or("") == "weir.compare/1") return json;
  } catch (const std::runtime_error&) {
    // told below
  }
  throw Failure(
      wrong_usage,
      fmt::format("{} is not what weir compare --sweep writes; name another file with --results",
                  path));
}

}  // namespace

std::optional<Measured> measured(const std::string& path,
                                 const std::vector<std::string>& contestants) {
  const std::string name = path.empty() ? usual_file : path;
  std::ifstream file(name, std::ios::binary);
  if (!file) {
    if (path.empty()) return std::nullopt;
    throw Failure(wrong_usage,
                  fmt::format("can't read {}: {}; weir compare --sweep --json {} makes it", name,
                              std::strerror(errno), name));
  }
  std::ostringstream text;
  text << file.rdbuf();  // nothing, when it is a directory
  const lab::Json json = parsed(name, text.str());
  Measured result{name, json.at("started").text_or("at an unknown time"), {}};
  for (const lab::Json& row : json.at("rows").elements()) {
    const std::string contestant = row.at("contestant").text_or("");
    if (std::find(contestants.begin(), contestants.end(), contestant) == contestants.end()) {
      continue;
    }
    result.rows.push_back({static_cast<std::size_t>(row.at("connections").number_or(0)), contestant,
                           row.at("cpu_ns_per_request").figure(),
                           row.at("user_bytes_per_connection").figure(),
                           row.at("kernel_bytes_per_connection").figure()});
  }
  return result;
}

}  // namespace weir::cli
