#include "cli/target.hpp"

#include <fmt/format.h>

#include "cli/failure.hpp"
#include "cli/suggest.hpp"

namespace weir::cli {

Address parse_address(const std::string& text) {
  try {
    return Address::parse(text);
  } catch (const std::invalid_argument& error) {
    throw Failure(wrong_usage, error.what());
  }
}

const Service& find_service(const std::string& name, const std::vector<Service>& services) {
  std::vector<std::string> names;
  for (const Service& service : services) {
    if (service.name == name) return service;
    names.push_back(service.name);
  }
  throw Failure(wrong_usage, fmt::format("there is no service '{}'{} (services: {})", name,
                                         did_you_mean(name, names), listed(names)));
}

Target parse_target(const std::string& text, const std::vector<Service>& services) {
  const std::size_t scheme = text.find("://");
  if (scheme == std::string::npos) {
    throw Failure(wrong_usage, fmt::format("'{}' is not a target; write {}://HOST:PORT", text,
                                           services.front().name));
  }
  const Service& service = find_service(text.substr(0, scheme), services);
  return {&service, parse_address(text.substr(scheme + 3)), text};
}

}  // namespace weir::cli
