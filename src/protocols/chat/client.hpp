#pragma once
#include <weir/service.hpp>

namespace weir::chat {

/// Requests `/ping ...`, each answered by its `* pong ...`, whatever others say in between.
Exchanges exchanges();

/// A simulated client: says three numbered lines with pauses of 0.5 s between them, and stays until
/// all of what those say that it has heard is complete. Throws ProtocolError when a line of another
/// such client is missing or out of order.
Task<> talkative_client(Stream& server, Script& script);

}  // namespace weir::chat
