#include "chat/client.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "chat/text.hpp"
#include "lines/lines.hpp"

namespace weir::chat {
namespace {

/// A line of the server's, with the name of who said it.
constexpr std::size_t heard_bytes_max = 2 * line_bytes_max;

Task<std::string> next_line(Stream& server, lines::Lines& lines) {
  for (;;) {
    const std::optional<lines::Line> line = lines.next();
    if (line && line->too_long) throw ProtocolError("the server sent a line that is too long");
    if (line) co_return std::string(line->text);
    const Bytes bytes = co_await server.read();
    if (bytes.empty()) throw ProtocolError("the server closed when more was to come");
    lines.feed(bytes);
  }
}

Task<> greet(Stream& server) {
  lines::Lines lines(heard_bytes_max);
  for (;;) {
    const std::string line = co_await next_line(server, lines);
    if (line.starts_with("* welcome, ")) co_return;
  }
}

struct Ping {
  std::string sent;
  std::string answer;
};

/// What others say comes in between, and is let go. So may the beginning of a line have been, by
/// the exchange before.
Task<> exchange(Stream& server, const Ping& ping) {
  co_await server.write(ping.sent);
  lines::Lines lines(heard_bytes_max);
  for (;;) {
    const std::string line = co_await next_line(server, lines);
    if (line == ping.answer) co_return;
    if (line.starts_with("* pong ")) throw ProtocolError("the server answered '" + line + "'");
    if (line.starts_with("! ")) throw ProtocolError("the server refused: " + line.substr(2));
  }
}

constexpr int lines_said = 3;
constexpr std::string_view said_before_number = ": line ";

/// What the other clients of this kind have said so far.
class Heard {
 public:
  void take(std::string_view line) {
    if (line.starts_with("* ")) return take_news(line.substr(2));
    const std::size_t end_of_name = line.find(said_before_number);
    if (end_of_name == std::string_view::npos) return;  // a person's
    const std::string_view number = line.substr(end_of_name + said_before_number.size());
    int now = 0;
    std::from_chars(number.data(), number.data() + number.size(), now);
    int& before = last_[std::string(line.substr(0, end_of_name))];
    if (before != 0 && now != before + 1) {
      throw ProtocolError("'" + std::string(line) + "' came after that client's line " +
                          std::to_string(before));
    }
    before = now;
  }
  bool complete() const {
    return std::all_of(last_.begin(), last_.end(),
                       [](const auto& each) { return each.second >= lines_said; });
  }

 private:
  /// Who has left says no more; the next of that name begins anew.
  void take_news(std::string_view news) {
    const std::string_view name = news.substr(0, news.find(' '));
    const std::string_view what = news.substr(name.size());
    if (what == " has left" || what == " has joined") last_.erase(std::string(name));
  }

  std::map<std::string, int> last_;  // by name: the number of its last line
};

/// Hears what comes until `resume_at`.
Task<> hear_until(Stream& server, lines::Lines& lines, Heard& heard, Script& script,
                  Time resume_at) {
  for (;;) {
    while (const std::optional<lines::Line> line = lines.next()) {
      script.log("received", line->text);
      heard.take(line->text);
    }
    const std::size_t first = co_await server.io().wait(until(resume_at), readable(server));
    if (first == 0) co_return;
    const Bytes bytes = co_await server.read();
    if (bytes.empty()) throw ProtocolError("the server closed when more was to come");
    lines.feed(bytes);
  }
}

}  // namespace

Exchanges exchanges() {
  const auto make = [](std::size_t request_bytes) {
    constexpr std::string_view command = "/ping ";
    const std::size_t around = command.size() + 1;
    const std::size_t most = line_bytes_max - command.size();
    const std::size_t size =
        std::clamp<std::size_t>(request_bytes, around + 1, around + most) - around;
    const std::string text(size, 'p');
    const auto ping = std::make_shared<Ping>();
    ping->sent = std::string(command) + text + "\n";
    ping->answer = "* pong " + text;
    return [ping](Stream& server) { return exchange(server, *ping); };
  };
  return {greet, make};
}

Task<> talkative_client(Stream& server, Script& script) {
  constexpr Duration pause = std::chrono::milliseconds(500);
  constexpr Duration patience = std::chrono::seconds(5);
  lines::Lines lines(heard_bytes_max);
  Heard heard;
  const std::string welcome = co_await next_line(server, lines);
  if (!welcome.starts_with("* welcome, ")) throw ProtocolError("the server gave no welcome");
  script.log("received", welcome);
  for (int number = 1; number <= lines_said; ++number) {
    const std::string line = "line " + std::to_string(number) + " of " + std::to_string(lines_said);
    script.log("sending", line);
    co_await server.write(line, "\n");
    const auto scaled = std::chrono::duration_cast<Duration>(pause * script.pace);
    co_await hear_until(server, lines, heard, script, after(server.io().now(), scaled));
  }
  server.deadline(patience);
  while (!heard.complete()) {
    const std::string line = co_await next_line(server, lines);
    script.log("received", line);
    heard.take(line);
  }
  script.log("sending", "/quit");
  co_await server.write("/quit\n");
  std::string line;
  while (line != "* good-bye") {
    line = co_await next_line(server, lines);
    script.log("received", line);
    heard.take(line);
  }
  script.log("disconnecting", "");
}

}  // namespace weir::chat
