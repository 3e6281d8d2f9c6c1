#pragma once
#include <weir/service.hpp>

namespace weir::prime {

/// A simulated client: asks for small and large numbers, and for something that is none, with
/// pauses of up to half a second. Throws ProtocolError when an answer is wrong.
Task<> client(Stream& server, Script& script);

/// Requests of one number each, for the load generator: the largest prime of 12 digits, or of
/// fewer where the request has no room for them, with zeros before it where it has room for more.
Exchanges exchanges();

}  // namespace weir::prime
