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
  std::string text;     // framed://127.0.0.1:9090
  std::string request;  // what is asked for there: /path; empty: what usually is
};

/// Of `framed://HOST:PORT`, `framed://unix:PATH` or `http://HOST:PORT/path`; a service's name alone is
/// the one that listens where it usually does. Throws Failure (wrong usage).
Target parse_target(const std::string& text, const std::vector<Service>& services);

/// The service of that name. Throws Failure (wrong usage) with a hint.
const Service& find_service(const std::string& name, const std::vector<Service>& services);

/// `framed://HOST:PORT`, of its parts.
std::string target_text(const Service& service, const std::string& host, const std::string& port);

/// Address::parse, with its complaint as a Failure (wrong usage).
Address parse_address(const std::string& text);

/// The same of a host (an IPv6 address without brackets, too) and a port.
Address parse_host_and_port(const std::string& host, const std::string& port);

}  // namespace weir::cli
