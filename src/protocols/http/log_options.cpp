#include "http/log_options.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

#include "http/access_log.hpp"

namespace weir::http {
namespace {

struct Said {
  std::string path;
  std::optional<LogFormat> format;
};

LogFormat parse_format(const std::string& word) {
  if (word == "combined") return LogFormat::combined;
  if (word == "json") return LogFormat::json;
  throw std::invalid_argument("there is no format '" + word + "'; take combined or json");
}

std::shared_ptr<const AccessLog> open(const Said& said) {
  if (said.path.empty()) {
    if (!said.format) return nullptr;
    throw std::invalid_argument("--log-format is that of a log; say where with --access-log");
  }
  try {
    return std::make_shared<AccessLog>(said.path, said.format.value_or(LogFormat::combined));
  } catch (const std::system_error& error) {
    throw std::runtime_error("--access-log " + said.path + ": " + error.code().message());
  }
}

}  // namespace

void add_access_log(Service& service, const std::shared_ptr<Site>& site) {
  const auto said = std::make_shared<Said>();
  service.options.push_back({"--access-log", "FILE",
                             "a line for each answer (-: stdout); opened anew on SIGHUP",
                             [said](const std::string& word) { said->path = word; }});
  service.options.push_back(
      {"--log-format", "FORMAT", "combined (as web servers do) or json",
       [said](const std::string& word) { said->format = parse_format(word); }});
  service.prepare = [said, site, before = std::move(service.prepare)] {
    if (before) before();
    site->access_log = open(*said);
  };
}

}  // namespace weir::http
