// A service whose sessions use every verb, for the simulator: a request is a letter and a line, and
// the letter says by which way the line comes back.
#include <charconv>
#include <chrono>
#include <string>
#include <utility>

#include <weir/weir.hpp>

namespace {

using weir::Bytes;
using weir::Io;
using weir::Stream;
using weir::Task;

constexpr std::size_t line_bytes_max = 32 * 1024;
constexpr std::string_view ways = "rpsssssoooolumdnnnnw";

/// Who sends a session's lines back to it through its mailbox: another session would.
struct Letter {
  std::string line;
};

/// Lines out of pieces.
class Lines {
 public:
  void add(std::string_view bytes) { pending_.append(bytes); }
  /// A whole line, without its end; false: there is none yet.
  bool next(std::string& line) {
    const std::size_t end = pending_.find('\n');
    if (end == std::string::npos) return false;
    line.assign(pending_, 0, end);
    pending_.erase(0, end + 1);
    return true;
  }
  bool too_long() const { return pending_.size() > line_bytes_max; }

 private:
  std::string pending_;
};

Task<> write_in_parts(Stream& peer, std::string_view line) {
  const std::string_view front = line.substr(0, line.size() / 3);
  const std::string_view back = line.substr(front.size());
  co_await peer.write(front, "", back, "\n");
}

Task<> write_by_some(Stream& peer, std::string line) {
  line += '\n';
  std::string_view left = line;
  while (!left.empty()) {
    left.remove_prefix(peer.write_some(left.substr(0, 9)));
    if (left.empty()) break;
    co_await peer.io().wait(weir::writable(peer));
  }
}

Task<> write_offloaded(Stream& peer, const std::string& line) {
  const auto work = [&line] { return line + '\n'; };
  const std::string answer = co_await peer.io().offload(work);
  co_await peer.write(answer);
}

Task<> write_posted(Stream& peer, weir::Mailbox<Letter>& mailbox, std::string line) {
  // It holds one letter, and no more.
  if (!mailbox.post({std::move(line)}) || mailbox.post({"one too many"})) co_return;
  for (;;) {
    const weir::Time soon = peer.io().now() + std::chrono::seconds(1);
    const std::size_t first = co_await peer.io().wait(weir::posted(mailbox), weir::until(soon));
    if (first == 0) break;
  }
  auto letter = mailbox.take();
  co_await peer.write(letter->line, "\n");
}

Task<> read_line(Stream& server, std::string& line) {
  Lines lines;
  while (!lines.next(line)) {
    const weir::ReadResult read = co_await server.read().result();
    if (read.bytes.empty()) throw weir::ProtocolError("the line broke off");
    lines.add(read.bytes);
  }
}

/// Until the upstream has ended its answer. False: it broke off.
Task<bool> copy_back(Stream& peer, Stream& up, std::size_t expected_bytes) {
  std::size_t bytes = 0;
  bool watches_both = true;
  for (;;) {
    if (watches_both) {
      // Who is at the near end may have more to say, or have finished; the answer comes first.
      const std::size_t first = co_await peer.io().wait(weir::readable(up), weir::readable(peer));
      watches_both = first == 0;
    }
    const weir::ReadResult read = co_await up.read().result();
    if (read.bytes.empty()) co_return bytes == expected_bytes;
    bytes += read.bytes.size();
    co_await peer.write(read.bytes);
  }
}

/// False: there was no way to the upstream, or it broke off.
Task<bool> write_from_upstream(Stream& peer, std::string_view line) {
  const weir::Address address = weir::Address::parse("198.51.100.1:7");
  const std::chrono::seconds patience(5);
  weir::Connected up = co_await peer.io().connect(address, patience);
  if (!up) co_return false;
  co_await up.stream->write(line, "\n");
  up.stream->finish();
  const bool whole = co_await copy_back(peer, *up.stream, line.size() + 1);
  co_return whole;
}

/// A deadline that passes, and nothing else: the line comes back all the same.
Task<> write_after_deadline(Stream& peer, Lines& lines, std::string_view line) {
  peer.deadline(std::chrono::milliseconds(3));
  for (;;) {
    const weir::ReadResult read = co_await peer.read().result();
    if (read.bytes.empty()) break;  // too late, or the end, which the next read will see again
    lines.add(read.bytes);
  }
  peer.no_deadline();
  co_await peer.write(line, "\n");
}

struct Desk {
  Lines lines;
  weir::Mailbox<Letter> mailbox{1};
};

/// False: no more is to be expected.
Task<bool> answer(Stream& peer, Desk& desk, std::string_view request) {
  const std::string line(request.substr(1));
  switch (request[0]) {
    case 'p':
      co_await write_in_parts(peer, line);
      break;
    case 's':
      co_await write_by_some(peer, line);
      break;
    case 'o':
      co_await write_offloaded(peer, line);
      break;
    case 'm':
      co_await write_posted(peer, desk.mailbox, line);
      break;
    case 'u': {
      const bool answered = co_await write_from_upstream(peer, line);
      co_return answered;
    }
    case 'd':
      co_await write_after_deadline(peer, desk.lines, line);
      break;
    case 'n':
      co_await peer.io().sleep(std::chrono::milliseconds(150));
      co_await peer.write(line, "\n");
      break;
    default:
      co_await peer.write(line, "\n");
  }
  co_return true;
}

Task<> session(Stream& peer) {
  Desk desk;
  std::string request;
  for (;;) {
    if (desk.lines.next(request)) {
      if (request.empty()) co_return;
      const bool more = co_await answer(peer, desk, request);
      if (!more) break;
      continue;
    }
    if (desk.lines.too_long()) break;
    co_await peer.io().wait(weir::readable(peer));
    const weir::ReadResult read = co_await peer.read().result();
    if (read.bytes.empty()) break;
    desk.lines.add(read.bytes);
  }
  peer.finish();
}

/// Sends back what comes, and finishes when its peer does.
Task<> upstream(Stream& peer) {
  while (Bytes bytes = co_await peer.read()) co_await peer.write(bytes);
}

struct Request {
  std::string sent;
  std::string answer;
};

Task<> exchange(Stream& server, std::size_t bytes) {
  const std::uint64_t drawn = server.io().random();
  std::string line = std::to_string(drawn) + std::string(bytes, 'x');
  line.resize(bytes > 3 ? bytes - 2 : 2);
  co_await server.write(std::string_view(&ways[drawn % ways.size()], 1), line, "\n");
  std::string answer;
  co_await read_line(server, answer);
  if (answer != line) throw weir::ProtocolError("another line came back than was sent");
}

weir::Service service() {
  const auto make = [](std::size_t bytes) {
    return [bytes](Stream& server) { return exchange(server, bytes); };
  };
  return {.name = "exerciser",
          .port = 9094,
          .session = session,
          .summary = "every way to send a line back",
          .exchanges = {{}, make},
          .upstream = upstream};
}

}  // namespace

int main(int argc, char** argv) {
  return weir::run(argc, argv, service());
}
