#pragma once
#include <weir/service.hpp>

namespace weir::relay {

/// A server that gives back what it gets, for a relay to stand in front of.
Task<> echo(Stream& peer);

/// Requests that have to come back as they are: for a relay in front of an echo.
Exchanges exchanges();

}  // namespace weir::relay
