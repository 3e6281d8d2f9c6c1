#include "wordgame/session.hpp"

#include <string>
#include <utility>

#include "lines/lines.hpp"
#include "wordgame/codec.hpp"
#include "wordgame/game.hpp"

namespace weir::wordgame {
namespace {

/// Answers that are not yet written are at most so many bytes, and one more answer.
constexpr std::size_t unwritten_bytes_max = 4096;

Game game_of(const Choice& choice, std::uint64_t number, Io& io) {
  return Game(choice.words.pick(choice.seed ? number_of(*choice.seed, number) : io.random()));
}

}  // namespace

Task<> session(Stream& peer, const Choice& choice) {
  std::uint64_t games = 0;
  Game game = game_of(choice, games, peer.io());
  std::string answers = greeting(game);
  co_await peer.write(answers);
  lines::Lines lines(line_bytes_max);
  Bytes bytes;
  do {
    bytes = co_await peer.read();
    lines.feed(bytes);
    answers.clear();
    while (const auto line = bytes ? lines.next() : lines.rest()) {
      const Command command = parse(*line);
      if (command.kind == Command::Kind::quit) {
        answers += farewell(game);
        co_await peer.write(answers);
        co_return;
      }
      if (command.kind == Command::Kind::another) {
        Game next = game_of(choice, ++games, peer.io());
        answers += another(game, next);
        game = std::move(next);
      } else {
        answers += answer(command, game);
      }
      if (answers.size() < unwritten_bytes_max) continue;
      co_await peer.write(answers);
      answers.clear();
    }
    co_await peer.write(answers);
  } while (bytes);
}

}  // namespace weir::wordgame
