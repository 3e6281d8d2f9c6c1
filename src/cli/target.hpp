#pragma once
#include <string>
#include <vector>

#include <weir/address.hpp>
#include <weir/service.hpp>

namespace weir::cli {

/// A server to be talked to, and the service that knows how.
struct Target {
  const Service* service = nullptr;
  Address address;
  std::string text;  // framed://127.0.0.1:9090
};

/// Of `framed://HOST:PORT` or `framed://unix:PATH`. Throws Failure (wrong usage).
Target parse_target(const std::string& text, const std::vector<Service>& services);

/// The service of that name. Throws Failure (wrong usage) with a hint.
const Service& find_service(const std::string& name, const std::vector<Service>& services);

/// Address::parse, with its complaint as a Failure (wrong usage).
Address parse_address(const std::string& text);

}  // namespace weir::cli
