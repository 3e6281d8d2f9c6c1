#pragma once
#include <weir/service.hpp>

namespace weir::wordgame {

/// A simulated player, which plays one game with pauses of 0.1 s and leaves. Throws ProtocolError
/// when an answer disagrees with those before.
Task<> client(Stream& server, Script& script);

/// Requests for the load generator, each of which begins a game and guesses a letter; whatever the
/// word is, the answers must agree with each other. They are as long as they are.
Exchanges exchanges();

}  // namespace weir::wordgame
