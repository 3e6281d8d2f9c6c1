#pragma once
#include <weir/http.hpp>

namespace weir::http {

/// The routes of the service `http`: it shows what it received, on any path that isn't one of these.
///
///     POST /echo     the body alone
///     /json          what the request was taken for
///     /plaintext     13 bytes from memory
///     /healthz, /readyz
Router echo_routes();

/// The service `http`, on port 3000.
Service service();

}  // namespace weir::http
