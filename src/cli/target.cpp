#include "cli/target.hpp"

#include <fmt/format.h>

#include "cli/failure.hpp"
#include "cli/suggest.hpp"

namespace weir::cli {
namespace {

/// An IPv6 address stands in brackets before a port.
std::string join(const std::string& host, const std::string& port) {
  const bool bare_ipv6 = host.find(':') != std::string::npos && !host.starts_with('[');
  return bare_ipv6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

}  // namespace

Address parse_address(const std::string& text) {
  try {
    return Address::parse(text);
  } catch (const std::invalid_argument& error) {
    throw Failure(wrong_usage, error.what());
  }
}

Address parse_host_and_port(const std::string& host, const std::string& port) {
  return parse_address(join(host, port));
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
  for (const Service& service : services) {
    if (service.name != text) continue;
    const std::string usual = target_text(service, "127.0.0.1", std::to_string(service.port));
    return parse_target(usual, services);
  }
  const std::size_t scheme = text.find("://");
  if (scheme == std::string::npos) {
    throw Failure(wrong_usage,
                  fmt::format("'{}' is not a target; write {}://{}", text, services.front().name,
                              text.find(':') == std::string::npos ? text + ":PORT" : text));
  }
  const Service& service = find_service(text.substr(0, scheme), services);
  const std::string address = text.substr(scheme + 3);
  const std::size_t slash = address.starts_with("unix:") ? address.size() : address.find('/');
  if (slash >= address.size()) return {&service, parse_address(address), text, ""};
  if (!service.exchanges.ask) {
    throw Failure(wrong_usage,
                  fmt::format("'{}' names a path, and '{}' has none; write {}://{}", text,
                              service.name, service.name, address.substr(0, slash)));
  }
  return {&service, parse_address(address.substr(0, slash)), text, address.substr(slash)};
}

std::string target_text(const Service& service, const std::string& host, const std::string& port) {
  return fmt::format("{}://{}", service.name, join(host, port));
}

}  // namespace weir::cli
