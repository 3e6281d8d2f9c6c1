#pragma once
#include <string>

#include <weir/http.hpp>

namespace weir::http {

/// The routes of the service `http`: it shows what it received, on any path that isn't one of these.
///
///     POST /echo     the body alone
///     /json          what the request was taken for
///     /plaintext     13 bytes from memory
///     /healthz, /readyz
Router echo_routes();

/// A path, GET, that is there only where a server is started with its option.
struct OptionalRoute {
  std::string option;
  std::string help;
  std::string path;
  AnyHandler handler;
};

/// The service `http`, on port 3000.
Service service();
Service service(const OptionalRoute& route);

}  // namespace weir::http
