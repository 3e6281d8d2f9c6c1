#include "wordgame/client.hpp"

#include <chrono>
#include <string>
#include <string_view>

#include "lines/hear.hpp"
#include "wordgame/player.hpp"

namespace weir::wordgame {
namespace {

constexpr std::size_t said_bytes_max = 1024;  // on a line

Task<> greet(Stream& server) {
  lines::Lines heard(said_bytes_max);
  const std::string title = co_await lines::hear(server, heard);
  if (!title.starts_with("wordgame: ")) throw ProtocolError("the server is none of wordgame's");
  const std::string word = co_await lines::hear(server, heard);
  Player().begin(word);
}

Task<> exchange(Stream& server) {
  Player player;
  lines::Lines heard(said_bytes_max);
  constexpr std::string_view request = "new\ne\n";  // e is what a player guesses first
  co_await server.write(request);
  const std::string word = co_await lines::hear(server, heard);
  player.begin(word);
  player.next();
  const std::string answer = co_await lines::hear(server, heard);
  player.take(answer);
}

Task<> say(Stream& server, Script& script, std::string_view line) {
  constexpr std::string_view end = "\n";
  script.log("sending", line);
  co_await server.write(line, end);
}

}  // namespace

Task<> client(Stream& server, Script& script) {
  constexpr Duration patience = std::chrono::seconds(5);
  constexpr std::chrono::milliseconds pause(100);
  lines::Lines heard(said_bytes_max);
  const std::string title = co_await lines::hear(server, heard);
  script.log("connected...", "");
  script.log("received", title);
  Player player;
  std::string line = co_await lines::hear(server, heard);
  script.log("received", line);
  player.begin(line);
  while (!player.is_over()) {
    co_await server.io().sleep(std::chrono::duration_cast<Duration>(pause * script.pace));
    const std::string guess(1, player.next());
    co_await say(server, script, guess);
    server.deadline(patience);
    line = co_await lines::hear(server, heard);
    script.log("received", line);
    player.take(line);
  }
  co_await say(server, script, "quit");
  server.deadline(patience);
  line = co_await lines::hear(server, heard);
  script.log("received", line);
  if (line != "bye") throw ProtocolError("the server said '" + line + "' instead of 'bye'");
  const Bytes rest = co_await server.read();
  if (rest) throw ProtocolError("the server went on when it had said 'bye'");
  script.log("disconnecting", "");
}

Exchanges exchanges() {
  return {greet, [](std::size_t) { return exchange; }};
}

}  // namespace weir::wordgame
