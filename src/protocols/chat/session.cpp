#include "chat/session.hpp"

#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <weir/error.hpp>
#include <weir/mailbox.hpp>

#include "chat/client.hpp"
#include "chat/text.hpp"
#include "lines/lines.hpp"

namespace weir::chat {
namespace {

constexpr std::string_view help =
    "* /name NAME  take another name\n"
    "* /who        who is here\n"
    "* /ping TEXT  is answered with the text\n"
    "* /quit       leave\n"
    "* anything else is said to everyone here\n";

/// How long a client may take nothing of what it is sent, as in a `write`; and how long one that
/// was dismissed has to make room for the reason.
constexpr Duration stall_max = std::chrono::seconds(30);
constexpr Duration farewell_max = std::chrono::seconds(5);

/// What is to be sent. A `write` would wait for a client that does not read, and hear of nothing
/// meanwhile; so the session keeps the rest, as much as is worth to be sent at once, and waits for
/// room beside all else.
class Output {
 public:
  explicit Output(Stream& peer) : peer_(peer) {}

  bool empty() const { return bytes_.empty(); }
  bool has_room() const { return bytes_.size() < bytes_max; }
  void add(std::string_view bytes) { bytes_ += bytes; }

  /// Sends what the kernel takes. Throws StreamError, also when it takes nothing for too long.
  void flush() {
    if (empty()) return;
    const std::size_t taken = peer_.write_some(bytes_);
    if (taken > 0) ends_line_ = bytes_[taken - 1] == '\n';
    if (taken == bytes_.size()) {
      bytes_ = {};  // who is silent holds no memory
      give_up_at_ = never;
      return;
    }
    bytes_.erase(0, taken);
    const Time now = peer_.io().now();
    if (taken > 0 || give_up_at_ == never) give_up_at_ = after(now, stall_max);
    if (now >= give_up_at_) throw StreamError(ETIMEDOUT, "chat: a client that takes nothing");
  }
  /// When `flush` has to be called again even if there is no room.
  Time give_up_at() const { return give_up_at_; }
  /// Drops what is left, but for the rest of a line whose beginning was sent.
  void drop() { bytes_.resize(ends_line_ ? 0 : bytes_.find('\n') + 1); }
  std::string take() { return std::exchange(bytes_, {}); }

 private:
  static constexpr std::size_t bytes_max = 16 * 1024;

  Stream& peer_;
  std::string bytes_;
  bool ends_line_ = true;
  Time give_up_at_ = never;
};

void rename(Member& me, std::string_view name, Output& out) {
  if (const auto fault = fault_of_name(name))
    out.add("! a name " + *fault + "\n");
  else if (!me.rename(name))
    out.add("! somebody else is called " + std::string(name) + "\n");
  else
    out.add("* you are now " + std::string(name) + "\n");
}

enum class Goes { on, away };

Goes answer(const lines::Line& line, Member& me, Output& out) {
  using Kind = Request::Kind;
  if (line.too_long) {
    out.add("! a line has at most " + std::to_string(line_bytes_max) +
            " bytes; yours was not passed on\n");
    return Goes::on;
  }
  const Request request = parse(line.text);
  switch (request.kind) {
    case Kind::say:
      if (!request.text.empty()) me.say(harmless(request.text));
      break;
    case Kind::name:
      rename(me, request.text, out);
      break;
    case Kind::who:
      out.add("* here: " + me.names() + "\n");
      break;
    case Kind::ping:
      out.add("* pong " + harmless(request.text) + "\n");
      break;
    case Kind::help:
      out.add(help);
      break;
    case Kind::quit:
      return Goes::away;
    case Kind::unknown:
      out.add("! there is no " + harmless(request.text) + "; /help tells what there is\n");
      break;
  }
  return Goes::on;
}

void collect(Member& me, Output& out) {
  while (out.has_room()) {
    const std::optional<Line> line = me.lines().take();
    if (!line) return;
    out.add(**line);
  }
}

/// Tells why, if the client makes room for it.
Task<> dismiss(Stream& peer, const std::string& reason, Output& out) {
  out.drop();
  out.add(reason);
  const Time give_up_at = after(peer.io().now(), farewell_max);
  for (out.flush(); !out.empty(); out.flush()) {
    const std::size_t first = co_await peer.io().wait(writable(peer), until(give_up_at));
    if (first == 1) throw StreamError(ETIMEDOUT, "chat: too slow");
  }
}

}  // namespace

Task<> session(Stream& peer, Room& room) {
  Io& io = peer.io();
  lines::Lines lines(line_bytes_max);
  Output out(peer);
  Member me(room);
  out.add("* welcome, " + me.name() + "; /help tells what can be said\n");
  for (;;) {
    collect(me, out);
    out.flush();
    if (const std::optional<Line> reason = me.dismissal().take()) {
      co_await dismiss(peer, **reason, out);
      co_return;
    }
    bool all_heard = false;
    if (out.has_room()) {
      const std::optional<lines::Line> line = lines.next();
      if (line && answer(*line, me, out) == Goes::away) break;
      all_heard = !line;
      if (line) {  // the others have their turn before the next one, and read what was said
        co_await io.sleep(Duration(0));
        continue;
      }
    }
    // The client first: a busy room leaves no moment without a line for it.
    const Source client = all_heard ? readable(peer) : until(never);
    const Source room_for_more = out.empty() ? until(never) : writable(peer);
    const Source others = out.has_room() ? posted(me.lines()) : until(never);
    const std::size_t first = co_await io.wait(client, room_for_more, others,
                                               posted(me.dismissal()), until(out.give_up_at()));
    if (first != 0) continue;
    const Bytes bytes = co_await peer.read();
    if (bytes.empty()) break;
    lines.feed(bytes);
  }
  me.leave();
  collect(me, out);
  const std::string last = out.take();
  co_await peer.write(last, "* good-bye\n");
}

Service service() {
  const auto room = std::make_shared<Room>();
  return {.name = "chat",
          .port = 9034,
          .session = [room](Stream& peer) { return session(peer, *room); },
          .sharing = Sharing::in_process,
          .summary = "Beej's: what one client says goes to all others",
          .exchanges = exchanges(),
          .client = talkative_client,
          .interactive = true};
}

}  // namespace weir::chat
