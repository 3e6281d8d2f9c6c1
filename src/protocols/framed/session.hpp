#pragma once
#include <weir/service.hpp>

namespace weir::framed {

/// The server's side of one connection: greets with `*`, then answers each framed byte.
Task<> session(Stream& peer);

/// The service `framed`, on port 9090.
Service service();

}  // namespace weir::framed
