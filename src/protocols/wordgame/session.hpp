#pragma once
#include <cstdint>
#include <optional>

#include <weir/service.hpp>

#include "wordgame/words.hpp"

namespace weir::wordgame {

/// Which words are played.
struct Choice {
  Words words;
  /// Every session gets the same words, which depend on the seed alone; without one, any.
  std::optional<std::uint64_t> seed;
};

/// The server's side of one connection: a person, or a program, plays one game after the other,
/// line by line. The game is a variable of the session's, so there is one for each connection under
/// every model.
Task<> session(Stream& peer, const Choice& choice);

/// The service `wordgame`, on port 7777.
Service service();

}  // namespace weir::wordgame
